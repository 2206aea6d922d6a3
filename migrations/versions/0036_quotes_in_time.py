"""A quote is sent and accepted in its time: the database knows its last day too, and that nobody chooses when it was.

What a service refuses, SQL of the application's role could still do: accept what had expired, or say that it was accepted
last week. What counts is the arrival that the service tells, so no slow server makes anybody late.
"""

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

# As migration 0021 has it, with the last condition.
KEEP_QUOTE = """
CREATE OR REPLACE FUNCTION keep_quote() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  told timestamptz;
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.state <> 'draft' THEN
      RAISE EXCEPTION 'what was sent stays on record' USING ERRCODE = '42501';
    END IF;
    RETURN OLD;
  END IF;
  IF (OLD.state, NEW.state) NOT IN (
      ('draft', 'draft'), ('draft', 'sent'), ('sent', 'accepted'), ('sent', 'declined'), ('sent', 'withdrawn'),
      ('sent', 'expired'), ('sent', 'replaced')) THEN
    RAISE EXCEPTION 'a quote does not go this way' USING ERRCODE = '42501';
  END IF;
  IF OLD.state <> 'draft' AND (NEW.content, NEW.content_hash, NEW.valid_until, NEW.publication_id, NEW.recipient,
      NEW.sent_at, NEW.sent_by) IS DISTINCT FROM (OLD.content, OLD.content_hash, OLD.valid_until,
      OLD.publication_id, OLD.recipient, OLD.sent_at, OLD.sent_by) THEN
    RAISE EXCEPTION 'what was sent is not written over' USING ERRCODE = '42501';
  END IF;
  IF NEW.state IN ('sent', 'accepted') THEN
    told := CASE NEW.state WHEN 'sent' THEN NEW.sent_at ELSE NEW.answered_at END;
    IF (plausible_time(told) AND (told AT TIME ZONE 'Asia/Tokyo')::date <= NEW.valid_until) IS NOT TRUE THEN
      RAISE EXCEPTION 'a quote does not go this way outside of its time' USING ERRCODE = '42501';
    END IF;
  END IF;
  RETURN NEW;
END $$
"""


def upgrade() -> None:
    op.execute(KEEP_QUOTE)
