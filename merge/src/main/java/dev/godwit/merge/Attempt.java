package dev.godwit.merge;

import dev.godwit.model.Stamp;
import dev.godwit.model.Value;

/**
 * A write that reaches a cell.
 *
 * @param stored the value that the cell has now
 * @param cell what is remembered of it
 * @param incoming the value to be written, or the delta to be added
 * @param isDelta whether it is a delta
 * @param concurrent whether somebody else changed the cell above the write's base
 * @param stamp the write's stamp
 */
public record Attempt(Value stored, CellState cell, Value incoming, boolean isDelta, boolean concurrent, Stamp stamp) {}
