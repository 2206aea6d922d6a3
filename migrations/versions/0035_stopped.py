"""An application that is stopped only ends: it is declined or withdrawn, and nothing else happens to it.

It was held so for one step, being submitted, and for one reason, a vendor that does not stand. Now whatever moves it is
refused, whoever moves it, also while vendor and applicant are the same people; and for those none is begun.
"""

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

KEEP_STOPPED = """
CREATE FUNCTION keep_stopped() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state IN ('declined', 'withdrawn') THEN
    RETURN NEW;
  END IF;
  IF EXISTS (SELECT 1 FROM application_flag f WHERE f.application_id = NEW.id AND f.cleared_at IS NULL) THEN
    RAISE EXCEPTION 'this step is not taken: the vendor of this application does not stand' USING ERRCODE = '42501';
  END IF;
  IF same_people(NEW.sme_id, NEW.vendor_id) THEN
    RAISE EXCEPTION 'this step is not taken: vendor and applicant are the same people' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$
"""


def upgrade() -> None:
    op.execute(KEEP_STOPPED)
    op.execute("DROP TRIGGER grant_application_flagged ON grant_application")
    op.execute("DROP FUNCTION keep_flag()")
    op.execute(
        "CREATE TRIGGER grant_application_stopped BEFORE INSERT OR UPDATE ON grant_application"
        " FOR EACH ROW EXECUTE FUNCTION keep_stopped()"
    )
