"""Every permission there is. Grammar: `thing:verb`. Adding one means giving it to a role in roles.py."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """What a role may let a person do. Which objects they may do it to is the service's business."""

    # A municipality's own work
    CASE_READ = "case:read"
    CASE_WRITE = "case:write"
    APPLICATION_REGISTER = "application:register"
    MAPPING_WRITE = "mapping:write"
    DECISION_DRAFT = "decision:draft"
    DECISION_ISSUE = "decision:issue"
    EVALUATION_WRITE = "evaluation:write"
    COMPLAINT_WRITE = "complaint:write"
    LETTER_READ = "letter:read"
    LETTER_SEND = "letter:send"
    WAITING_READ = "waiting:read"
    DEVIATION_READ = "deviation:read"
    DEVIATION_WRITE = "deviation:write"
    REVIEW_READ = "review:read"
    REVIEW_WRITE = "review:write"
    RULES_WRITE = "rules:write"
    IMPORT_RUN = "import:run"
    PERSON_READ = "person:read"
    PERSON_WRITE = "person:write"
    ORDER_READ = "order:read"
    ORDER_ANSWER = "order:answer"
    CONTACT_READ = "contact:read"
    CONTACT_WRITE = "contact:write"
    VETTING_RECORD = "vetting:record"
    ASSIGNMENT_READ = "assignment:read"
    ASSIGNMENT_WRITE = "assignment:write"
    TIMESHEET_READ = "timesheet:read"
    TIMESHEET_APPROVE = "timesheet:approve"
    RATE_WRITE = "rate:write"
    NEED_READ = "need:read"
    NEED_POST = "need:post"
    PROPOSAL_DECIDE = "proposal:decide"
    CANDIDATE_SHARE = "candidate:share"
    FIGURE_READ = "figure:read"
    FIGURE_APPROVE = "figure:approve"
    TRAIL_READ = "trail:read"
    MEMBER_READ = "member:read"
    TODAY_READ = "today:read"
    TASK_READ = "task:read"
    # The region's shared work
    REGION_READ = "region:read"
    POOL_READ = "pool:read"
    PROPOSAL_MAKE = "proposal:make"
    DASHBOARD_READ = "dashboard:read"
    COURSE_WRITE = "course:write"
    # One's own pages
    OWN_READ = "own:read"
    HOURS_REGISTER = "hours:register"
    PROPOSAL_ANSWER = "proposal:answer"
    # Operations: no access to content
    OPERATIONS_READ = "operations:read"
    JOB_RETRY = "job:retry"
