-- A SQLite database as the gateway made it before there were migrations, with a message and a record in it.
CREATE TABLE records (
	backend VARCHAR(20) NOT NULL,
	kind VARCHAR(20) NOT NULL,
	record_id VARCHAR(255) NOT NULL,
	parent_kind VARCHAR(20),
	parent_id VARCHAR(255),
	list_time BIGINT NOT NULL,
	version BIGINT,
	fetched_at BIGINT NOT NULL,
	payload TEXT,
	PRIMARY KEY (backend, kind, record_id)
);
CREATE INDEX records_by_parent ON records (backend, parent_id);
CREATE INDEX records_in_list_order ON records (backend, kind, list_time, record_id);
CREATE TABLE record_keys (
	backend VARCHAR(20) NOT NULL,
	kind VARCHAR(20) NOT NULL,
	sort VARCHAR(10) NOT NULL,
	"key" VARCHAR(255) NOT NULL,
	record_id VARCHAR(255) NOT NULL,
	PRIMARY KEY (backend, kind, sort, "key", record_id)
);
CREATE INDEX record_keys_by_record ON record_keys (backend, kind, record_id);
CREATE TABLE inbox (
	id INTEGER NOT NULL,
	backend VARCHAR(20) NOT NULL,
	message_id VARCHAR(255) NOT NULL,
	type VARCHAR(50) NOT NULL,
	received_at BIGINT NOT NULL,
	body TEXT NOT NULL,
	problem TEXT,
	PRIMARY KEY (id),
	UNIQUE (backend, message_id)
);
CREATE TABLE synchronisations (
	backend VARCHAR(20) NOT NULL,
	synced_at BIGINT,
	attempted_at BIGINT NOT NULL,
	error_code VARCHAR(50),
	error_message TEXT,
	PRIMARY KEY (backend)
);
CREATE TABLE vault (
	name VARCHAR(100) NOT NULL,
	value TEXT NOT NULL,
	changed_at BIGINT NOT NULL,
	PRIMARY KEY (name)
);
INSERT INTO inbox VALUES (1, 'CENTRA', '115', 'order', 1780315200000000, '<event/>', NULL);
INSERT INTO inbox VALUES (2, 'CENTRA', '116', 'order', 1780315200000000, '<event/>', 'it holds no order');
INSERT INTO records VALUES ('CENTRA', 'ORDER', '7', NULL, NULL, 1780315200000000, 115, 1780315200000000, '{}');
INSERT INTO record_keys VALUES ('CENTRA', 'ORDER', 'NUMBER', 'A-7', '7');
INSERT INTO synchronisations VALUES ('CENTRA', 1780315200000000, 1780315200000000, NULL, NULL);
INSERT INTO vault VALUES ('cursors', '00ff', 1780315200);
