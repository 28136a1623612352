package dev.godwit.wire;

import dev.godwit.model.ColumnRole;
import dev.godwit.model.RowKind;

/** The protocol's numbers of the model's enums. */
final class Roles {

    private Roles() {}

    static Messages.Column.Role number(ColumnRole role) {
        return switch (role) {
            case KEY -> Messages.Column.Role.KEY;
            case SET -> Messages.Column.Role.SET;
            case ADD -> Messages.Column.Role.ADD;
            case RESET -> Messages.Column.Role.RESET;
            case EDIT -> Messages.Column.Role.EDIT;
            case BASE -> Messages.Column.Role.BASE;
        };
    }

    static ColumnRole role(Messages.Column column) {
        return switch (column.getRole()) {
            case KEY -> ColumnRole.KEY;
            case SET -> ColumnRole.SET;
            case ADD -> ColumnRole.ADD;
            case RESET -> ColumnRole.RESET;
            case EDIT -> ColumnRole.EDIT;
            case BASE -> ColumnRole.BASE;
            default -> throw WireException.unsupported("column role " + column.getRoleValue() + " cannot be read");
        };
    }

    static Messages.Block.Kind number(RowKind kind) {
        return switch (kind) {
            case INSERT -> Messages.Block.Kind.INSERT;
            case UPDATE -> Messages.Block.Kind.UPDATE;
            case DELETE -> Messages.Block.Kind.DELETE;
            case LEFT -> Messages.Block.Kind.LEFT;
        };
    }

    static RowKind kind(Messages.Block block) {
        return switch (block.getKind()) {
            case INSERT -> RowKind.INSERT;
            case UPDATE -> RowKind.UPDATE;
            case DELETE -> RowKind.DELETE;
            case LEFT -> RowKind.LEFT;
            default -> throw WireException.unsupported("block kind " + block.getKindValue() + " cannot be read");
        };
    }
}
