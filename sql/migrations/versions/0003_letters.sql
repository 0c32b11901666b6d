-- Grain: one letter about one subject to one recipient. The unique key is what makes it go out once.
-- `subject` is the number of the document (kind document) or of the submission (kind receipt).
alter table zhibao.delivery rename to letter;
alter table zhibao.letter rename column delivery_id to letter_id;
alter table zhibao.letter add column programme text, add column kind text, add column subject text;
update zhibao.letter set programme = document.programme, kind = 'document', subject = document.document_id::text
from zhibao.document where document.document_id = letter.document_id;
alter table zhibao.letter
    alter column programme set not null, alter column kind set not null, alter column subject set not null,
    drop column document_id,
    add unique (programme, kind, subject, recipient);

-- Grain: one thing that happened to one letter, with the mail server's own words.
alter table zhibao.delivery_event rename to letter_event;
alter table zhibao.letter_event rename column delivery_event_id to letter_event_id;
alter table zhibao.letter_event rename column delivery_id to letter_id;

-- The Message-ID of the mail that a file came with: its receipt is an answer to that mail.
alter table zhibao.arrival add column message_id text;
