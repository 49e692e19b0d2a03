"""Header fields by which mail systems mark automatic answers, spam and mailing lists; names in lower case."""

from __future__ import annotations

import re
from typing import Final

AUTO_FIELDS: Final = re.compile(
    r"x-auto-?(?:reply|respon[ds]|generated).*|x-mail-autoreply|x-fc-machinegenerated|x-cron-env|"
    r"x-vacation.*|x-ooo|x-out-of-office.*"
)
AUTO_VALUES: Final = (
    ("x-post-messageclass", re.compile(r".*autorespond", re.I)),
    ("delivered-to", re.compile(r"\s*autoresponder\b", re.I)),
    ("x-mailer", re.compile(r".*(?:\bvacation\b|auto-?respon|auto-?reply)", re.I)),
    ("user-agent", re.compile(r".*(?:\bvacation\b|auto-?respon|auto-?reply)", re.I)),
    ("return-path", re.compile(r"\s*<?(?:autoreply|auto-reply|autoresponder|vacation)\b", re.I)),
)
SPAM_VALUES: Final = (
    ("x-spam-flag", re.compile(r"\s*(?:yes|true|1|spam)\b", re.I)),
    ("x-spam-status", re.compile(r"\s*(?:yes|true|spam)\b", re.I)),
    ("x-spam", re.compile(r"\s*(?:yes|true|spam)\b", re.I)),
    ("x-spam-result", re.compile(r"\s*(?:yes|true|spam)\b", re.I)),
    ("x-barracuda-spam-flag", re.compile(r"\s*yes\b", re.I)),
    ("x-barracuda-spam-status", re.compile(r"\s*yes\b", re.I)),
    ("x-bogosity", re.compile(r"\s*(?:spam|yes)\b", re.I)),
    ("x-dspam-result", re.compile(r"\s*(?:spam|blacklisted|virus)\b", re.I)),
    ("x-spamd-result", re.compile(r"[^:\[]{0,40}:\s*true\b", re.I)),
    ("x-rspamd-action", re.compile(r"\s*(?:add header|rewrite subject|reject|spam)", re.I)),
    ("x-crm114-status", re.compile(r"\s*spam\b", re.I)),
    ("x-spamexperts-class", re.compile(r"\s*(?:spam|phish)", re.I)),
    ("x-forefront-antispam-report", re.compile(r".*\b(?:SFV:(?:SPM|SKB)|CAT:(?:SPM|HSPM|PHSH|HPHISH|MALW))\b", re.I)),
    ("x-ms-exchange-organization-scl", re.compile(r"\s*[5-9]\b")),
    ("x-tm-as-result", re.compile(r"\s*yes\b", re.I)),
    ("x-vr-status", re.compile(r"\s*spam\b", re.I)),
    ("x-vade-status", re.compile(r"\s*(?:spam|phish)", re.I)),
    ("x-proofpoint-spam-details", re.compile(r".*\brule=(?!\w*no[nt]?_?spam)\w*spam\b", re.I)),
    ("x-gm-spam", re.compile(r"\s*1\b")),
    ("x-ksmg-antispam-status", re.compile(r"\s*(?:spam|phishing)\b", re.I)),
    ("x-cm-analysis-spam", re.compile(r"\s*(?:yes|true)\b", re.I)),
)
MAILSCANNER: Final = re.compile(r"x-(?:[\w.-]{1,60}-)?mailscanner-spamcheck")
LIST_FIELDS: Final = (
    "list-id",
    "list-post",
    "list-archive",
    "list-subscribe",
    "list-help",
    "list-owner",
    "mailing-list",
    "x-mailing-list",
    "x-beenthere",
    "x-mailman-version",
    "x-listserver",
    "x-list-id",
    "x-google-group-id",
    "x-ml-name",
    "x-mdmailing-list",
    "x-sympa-to",
)
LIST_SENDER: Final = re.compile(r"(?:owner-.+|.+-(?:owner|bounces?|request))(?:\+[^@]*)?@.+", re.I)
