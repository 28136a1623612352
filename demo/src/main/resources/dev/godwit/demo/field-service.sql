-- Field service: work orders with lines, a shared catalogue of parts with stock.
create table part (
  id    text primary key,
  name  text not null,
  stock integer counter not null default 0
);
create table work_order (
  id       text primary key,
  team     text scope not null,
  number   text not null unique,
  customer text not null,
  status   text not null default 'open' check (status in ('open', 'assigned', 'done')),
  notes    text,
  visits   integer counter not null default 0
);
create table line (
  work_order text not null references work_order (id) on delete cascade,
  n          integer not null,
  team       text scope not null,
  part       text references part (id),
  quantity   integer not null check (quantity > 0),
  primary key (work_order, n)
);
create index line_by_part on line (part);

insert into godwit_policy (on_table, on_column, policy, value) values ('part', null, 'scope', 'shared');
