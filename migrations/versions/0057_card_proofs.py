"""All groups whose cards the state supports, with what proves them and until when; and free cards of other groups.

Revision ID: 0057
Revises: 0056
"""

from migrations.script import install, run

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

GROUPS = "'poor', 'near_poor', 'ethnic_minority', 'island', 'other'"
CARD_GROUPS = """'near_poor', 'near_poor_poor_commune', 'student', 'farm_household', 'ethnic_minority', 'community_worker',
    'trafficking_victim', 'mine_victim'"""
PROOFS = """'approved_list', 'household_certificate', 'student_card', 'school_confirmation', 'appointment',
    'title_decision', 'victim_confirmation', 'residence_confirmation'"""
OTHER_INSURANCE = "'compulsory', 'pension'"
FREE_CARDS = """'social_pension', 'poor_household', 'disabled', 'merit', 'merit_family', 'child', 'difficult_area',
    'other_free_card'"""


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    run(f"""
        alter table enrolment
            add column proof_kind text,
            add column proof_no text,
            add column proof_issued_by text,
            add column proof_valid_until date,
            drop constraint ck_enrolment_support_group,
            add constraint ck_enrolment_support_group check (
                support_group in ({GROUPS}) or (product = 'bhyt_hgd' and support_group in ({CARD_GROUPS}))),
            add constraint ck_enrolment_proof_kind check (proof_kind in ({PROOFS})),
            add constraint ck_enrolment_proof check (
                (proof_kind is not null or num_nonnulls(proof_no, proof_issued_by, proof_valid_until) = 0)
                and (proof_kind is null or product = 'bhyt_hgd'));
        alter table other_insurance
            drop constraint ck_other_insurance_kind,
            add constraint ck_other_insurance_kind check (kind in ({OTHER_INSURANCE}, {FREE_CARDS}));
    """)
    install("0057_card_proofs/up")


# Fails while there is a row of a new kind: which group somebody belongs to is not changed by going back.
def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    install("0057_card_proofs/down")
    run(f"""
        alter table other_insurance
            drop constraint ck_other_insurance_kind,
            add constraint ck_other_insurance_kind check (kind in ({OTHER_INSURANCE}));
        alter table enrolment
            drop constraint ck_enrolment_proof,
            drop constraint ck_enrolment_proof_kind,
            drop constraint ck_enrolment_support_group,
            add constraint ck_enrolment_support_group check (support_group in ({GROUPS})),
            drop column proof_valid_until,
            drop column proof_issued_by,
            drop column proof_no,
            drop column proof_kind;
    """)
