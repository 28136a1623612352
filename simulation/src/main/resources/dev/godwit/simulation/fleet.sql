-- What the simulated fleet works on. Values are written so that the model can tell them apart: see Workload.

-- money that only moves: the entries of an account add up to its balance, whatever happened
create table account (
  id      text primary key,
  team    text scope not null,
  balance integer counter not null default 0
);
create table entry (
  id      text primary key,
  team    text scope not null,
  account text not null references account(id),
  amount  integer not null,
  batch   text not null               -- every batch has as many entries as its name says
);

-- one row per rule of merging
create table item (
  id      text primary key,
  team    text scope not null,
  plain   text,
  arrival text server_order,
  stock   integer counter not null default 0,
  best    integer max,
  least   integer min,
  tags    text add_wins_set,
  notes   text merged_text,
  extra   text merged_json,
  closed  text first_write,
  poem    text three_way,
  address text manual,
  price   real,
  raw,
  status  text not null default 'open'
);

-- never deleted: no value of a cell may vanish without a trace
create table memo (id text primary key, team text scope not null, body text, place text manual, story text merged_text);

-- keys, parents, UNIQUE values, checks
create table visit (id integer primary key, team text scope not null, what text);
create table line (
  id    integer primary key,
  team  text scope not null,
  visit integer not null references visit(id) on delete cascade,
  note  text
);
create table job (
  id     text primary key,
  team   text scope not null,
  title  text,
  code   text unique,
  starts integer not null default 0,
  ends   integer not null default 9 check (starts <= ends)
);
create table task (id text primary key, team text scope not null, job text references job(id) on delete set null, note text);

-- keys that several devices take at once; only who made a row writes its note, which begins with its name
create table claim (id text primary key, team text scope not null, who text not null, note text);
create table ticket (id integer primary key, team text scope not null, who text not null, note text);

create table kept (id text primary key, team text scope not null, a text);
create table genre (id integer primary key, name text not null, parent integer references genre(id) on delete set null);

insert into godwit_policy values
  ('genre', null, 'scope', 'shared'),
  ('item', 'status', 'precedence', 'open,assigned,done'),
  ('kept', null, 'delete', 'update_wins'),
  ('line', null, 'parent', 'cascade');
