"""Configuration text for a Dovecot that runs as one unprivileged user below one directory, for 2.3 and for 2.4."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Layout:
    """What the text needs to know. `separator` and `prefix` are the personal namespace's."""

    root: Path
    user: str
    group: str
    uid: int
    gid: int
    imap: int
    imaps: int
    lmtp: int
    separator: str = "/"
    prefix: str = ""


def text(version: str, layout: Layout) -> str:
    """The whole dovecot.conf; `version` is what ``dovecot --version`` prints."""
    special = _V23 if version.startswith("2.3") else _V24
    values = {name: getattr(layout, name) for name in Layout.__slots__}
    return (special + _COMMON) % values


_COMMON = """
base_dir = %(root)s/base
state_dir = %(root)s/state
log_path = %(root)s/dovecot.log
listen = 127.0.0.1
default_internal_user = %(user)s
default_internal_group = %(group)s
default_login_user = %(user)s
default_client_limit = 1000
first_valid_uid = 1
ssl = yes
auth_failure_delay = 0
mail_fsync = never
mail_max_userip_connections = 0
namespace inbox {
  inbox = yes
  separator = %(separator)s
  prefix = %(prefix)s
}
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
service imap-login {
  chroot =
  inet_listener imap {
    port = %(imap)d
  }
  inet_listener imaps {
    port = %(imaps)d
    ssl = yes
  }
}
service lmtp {
  inet_listener lmtp {
    port = %(lmtp)d
  }
}
"""

_V23 = """
protocols = imap lmtp
ssl_cert = <%(root)s/cert.pem
ssl_key = <%(root)s/key.pem
disable_plaintext_auth = no
mail_location = maildir:%(root)s/mail/%%u/Maildir
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%%u %(root)s/users
}
userdb {
  driver = static
  args = uid=%(uid)d gid=%(gid)d home=%(root)s/mail/%%u
}
"""

_V24 = """
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
protocols = imap lmtp
ssl_server_cert_file = %(root)s/cert.pem
ssl_server_key_file = %(root)s/key.pem
auth_allow_cleartext = yes
mail_driver = maildir
mail_home = %(root)s/mail/%%{user}
mail_path = %(root)s/mail/%%{user}/Maildir
mail_uid = %(uid)d
mail_gid = %(gid)d
passdb passwd-file {
  default_password_scheme = PLAIN
  auth_username_format = %%{user}
  passwd_file_path = %(root)s/users
}
userdb static {
  fields {
    uid = %(uid)d
    gid = %(gid)d
    home = %(root)s/mail/%%{user}
  }
}
"""
