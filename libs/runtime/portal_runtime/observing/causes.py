"""Why something failed, in words for whoever looks after the servers.

What an error says itself is never told: PostgreSQL quotes rows ("Key (member_id)=(…) already
exists"), a store names objects. So the words come from the tables here: by SQLSTATE
(PostgreSQL, appendix A), by S3 error code, by Kafka's and the system's kinds of errors.
"""

import re
from collections.abc import Mapping
from errno import EACCES, EDQUOT, EHOSTUNREACH, EMFILE, ENETUNREACH, ENFILE, ENOSPC, EROFS

from portal_runtime.errors import Conflict

SQLSTATES: Mapping[str, str] = {
    "08001": "nobody answers there",
    "08003": "the connection broke off",
    "08004": "PostgreSQL does not accept the connection",
    "08006": "the connection broke off",
    "22001": "a text is too long for its column",
    "22003": "a number is too large for its column",
    "22021": "a text holds a character that PostgreSQL cannot hold",
    "22P05": "a text holds a character that PostgreSQL cannot hold",
    "23502": "a value is missing that its column must have",
    "23503": "it names a row that is not there",
    "23505": "a row with this key is there already",
    "23514": "a value breaks a rule of its table",
    "25006": "the database is read-only",
    "25P03": "the session stood idle in a transaction for too long and was ended",
    "28000": "access denied: the role may not log in",
    "28P01": "wrong password",
    "3D000": "the database is missing",
    "3F000": "a schema is missing",
    "40001": "transactions were in each other's way",
    "40P01": "transactions waited for each other",
    "42501": "access denied: the role lacks a right",
    "42703": "a column is missing: the tables are of another release",
    "42883": "a function is missing: the database is of another release",
    "42P01": "a table is missing",
    "53100": "disk full",
    "53200": "PostgreSQL is out of memory",
    "53300": "too many connections",
    "53400": "a limit of PostgreSQL's configuration is reached",
    "55P03": "somebody else holds a lock",
    "55000": "the database does not take this now (are connections to it allowed?)",
    "55006": "the database is in use by somebody else",
    "57014": "the statement took too long or was cancelled",
    "57P01": "PostgreSQL is being stopped, or ended the session",
    "57P02": "PostgreSQL has crashed",
    "57P03": "PostgreSQL is starting or stopping",
    "57P04": "the database was dropped",
    "57P05": "the session stood idle for too long and was ended",
    "58030": "the disk of the database fails",
    "58P01": "a file of the database is missing",
    "XX001": "the database reports damaged data",
    "XX002": "the database reports a damaged index",
}
SQL_CLASSES: Mapping[str, str] = {
    "08": "the connection to PostgreSQL failed",
    "22": "a value is such that PostgreSQL cannot hold it",
    "23": "a value breaks a rule of its table",
    "25": "the transaction is in the wrong state",
    "28": "access denied: PostgreSQL does not accept the login",
    "40": "transactions were in each other's way",
    "42": "the tables are not what this release needs, or access is denied",
    "53": "PostgreSQL has run out of something",
    "54": "it is too large for PostgreSQL",
    "55": "the database does not take this now",
    "57": "an operator or a limit has intervened",
    "58": "the machine of the database fails",
    "F0": "PostgreSQL's configuration is wrong",
    "XX": "PostgreSQL reports a fault of its own",
}
S3_CODES: Mapping[str, str] = {
    "AccessDenied": "access denied: the key may not do this",
    "AllAccessDisabled": "access denied: the bucket is closed",
    "InternalError": "the store reports a fault of its own",
    "InvalidAccessKeyId": "access denied: the access key is not known",
    "NoSuchBucket": "the bucket is missing",
    "NoSuchKey": "the object is missing",
    "QuotaExceeded": "the quota of the bucket is used up",
    "RequestTimeTooSkewed": "the clocks of this machine and of the store differ",
    "RequestTimeout": "no answer in time",
    "ServiceUnavailable": "the store is overloaded or starting",
    "SignatureDoesNotMatch": "access denied: the secret key is wrong",
    "SlowDown": "the store is overloaded",
    "SlowDownRead": "the store is overloaded",
    "SlowDownWrite": "the store is overloaded",
    "XMinioServerNotInitialized": "the store is starting",
    "XMinioStorageFull": "disk full",
    "XRateLimitExceeded": "the store is overloaded",
}
_AWAY, _LATE, _LOST = "nobody answers there", "no answer in time", "the connection broke off"
_TLS = "TLS failed: is the certificate right and not expired?"
_LEADER = "the leader of a partition is changing"
_COORDINATOR = "the coordinator of the consumer group is changing"
KINDS: Mapping[str, str] = {
    "aiokafka.AuthenticationFailedError": "access denied: Kafka does not accept the login",
    "aiokafka.ClusterAuthorizationFailedError": "not authorized for this on the cluster",
    "aiokafka.CommitFailedError": "another instance has the partition now",
    "aiokafka.CoordinatorLoadInProgressError": _COORDINATOR,
    "aiokafka.CoordinatorNotAvailableError": _COORDINATOR,
    "aiokafka.GroupAuthorizationFailedError": "not authorized for the consumer group",
    "aiokafka.GroupCoordinatorNotAvailableError": _COORDINATOR,
    "aiokafka.GroupLoadInProgressError": _COORDINATOR,
    "aiokafka.IllegalGenerationError": "another instance has the partition now",
    "aiokafka.InvalidReplicationFactorError": "there are fewer brokers than the topic wants",
    "aiokafka.InvalidTopicError": "the name of the topic is not allowed",
    "aiokafka.KafkaConnectionError": "no broker answers",
    "aiokafka.KafkaStorageError": "the disk of the broker is full or fails",
    "aiokafka.KafkaTimeoutError": _LATE,
    "aiokafka.KafkaUnavailableError": "no broker answers",
    "aiokafka.LeaderNotAvailableError": _LEADER,
    "aiokafka.MessageSizeTooLargeError": "the record is larger than Kafka takes",
    "aiokafka.NoBrokersAvailable": "no broker answers",
    "aiokafka.NodeNotReadyError": "a broker does not answer",
    "aiokafka.NotCoordinatorError": _COORDINATOR,
    "aiokafka.NotCoordinatorForGroupError": _COORDINATOR,
    "aiokafka.NotEnoughReplicasAfterAppendError": "too few replicas are in sync",
    "aiokafka.NotEnoughReplicasError": "too few replicas are in sync",
    "aiokafka.NotLeaderForPartitionError": _LEADER,
    "aiokafka.PolicyViolationError": "a policy of the cluster does not allow it",
    "aiokafka.ProducerClosed": "the producer was replaced",
    "aiokafka.ProducerFenced": "another producer took its place",
    "aiokafka.RebalanceInProgressError": "the partitions are being handed out anew",
    "aiokafka.RequestTimedOutError": _LATE,
    "aiokafka.SaslAuthenticationFailed": "access denied: Kafka does not accept the login",
    "aiokafka.TopicAuthorizationFailedError": "not authorized for the topic",
    "aiokafka.UnknownMemberIdError": "another instance has the partition now",
    "aiokafka.UnknownTopicOrPartitionError": "the topic is missing, or Kafka cannot be asked",
    "aiokafka.UnsupportedVersionError": "the broker is of a version that cannot be used",
    "asyncpg.ClientConfigurationError": "the address of the database is not right",
    "asyncpg.InterfaceError": _LOST,
    "asyncpg.InternalClientError": _LOST,
    "builtins.ConnectionRefusedError": _AWAY,
    "builtins.EOFError": _LOST,
    "builtins.PermissionError": "access denied by this machine",
    "builtins.TimeoutError": _LATE,
    "minio.InvalidResponseError": "what answers there is no S3 store",
    "socket.gaierror": "the name of the server is not known",
    "ssl.SSLError": _TLS,
    "urllib3.ConnectTimeoutError": _LATE,
    "urllib3.NameResolutionError": "the name of the server is not known",
    "urllib3.NewConnectionError": _AWAY,
    "urllib3.ProtocolError": _LOST,
    "urllib3.ReadTimeoutError": _LATE,
    "urllib3.SSLError": _TLS,
    # Last resorts: a kind that is not named above is looked up by what it is a kind of.
    "aiokafka.KafkaError": "Kafka did not do it",
    "builtins.ConnectionError": _LOST,
    "builtins.OSError": "the server cannot be reached",
    "urllib3.HTTPError": "the store could not be asked",
}
"""By `package.Class`; the nearest base of an error decides."""
ERRNOS: Mapping[int, str] = {
    EACCES: "access denied by this machine",
    EDQUOT: "disk full",
    EHOSTUNREACH: "no way leads to the server",
    EMFILE: "this process has too many files and connections open",
    ENETUNREACH: "no way leads to the server",
    ENFILE: "this machine has too many files and connections open",
    ENOSPC: "disk full",
    EROFS: "the disk is read-only",
}
_BARE = ("aiokafka.KafkaError", "builtins.OSError", "urllib3.HTTPError")
_CODE = re.compile(r"[A-Za-z0-9]{1,40}")


def cause(error: BaseException) -> str:
    """What is wrong, without a word of the error's own text; its kind only where nothing fits."""
    if isinstance(error, Conflict):
        return "another instance was quicker"
    if _package(type(error)) == "portal_runtime" and error.args:
        return str(error)  # our own words: none of these quotes a message
    return _by_code(error) or _by_kind(error) or f"unforeseen error ({_kind(type(error))})"


def _by_code(error: BaseException) -> str:
    sqlstate, code = getattr(error, "sqlstate", None), getattr(error, "code", None)
    package = _package(type(error))
    if package == "asyncpg" and isinstance(sqlstate, str):
        known = SQLSTATES.get(sqlstate) or SQL_CLASSES.get(sqlstate[:2])
        return f"{known or 'PostgreSQL did not do it'} (SQLSTATE {sqlstate})"
    if package == "minio" and isinstance(code, str) and _CODE.fullmatch(code):
        return S3_CODES.get(code) or f"the store says {code}"
    if package == "minio" and isinstance(status := getattr(error, "status_code", None), int):
        return f"the store answers with HTTP status {status}"
    return ""


def _by_kind(error: BaseException) -> str:
    inner = getattr(error, "reason", None)
    if _package(type(error)) == "urllib3" and isinstance(inner, BaseException):
        return cause(inner)
    if isinstance(error, OSError) and (known := ERRNOS.get(error.errno or 0)):
        return known
    for base in type(error).__mro__:
        kind = _kind(base)
        if kind in KINDS:
            return KINDS[kind] + (f" ({type(error).__name__})" if kind in _BARE else "")
    return ""


def _kind(kind: type[BaseException]) -> str:
    """`package.Class`, wherever in its package the class is defined."""
    return f"{_package(kind)}.{kind.__name__}"


def _package(kind: type[BaseException]) -> str:
    return kind.__module__.partition(".")[0]


__all__ = ["cause"]
