-- Why a ticket is void says whether its confirmation is still to be waited with. Absent in copies of before.

ALTER TABLE tickets ADD COLUMN void_reason text;
