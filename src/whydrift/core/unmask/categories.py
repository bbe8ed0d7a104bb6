"""Which category a text belongs to: what runtimes, kubelets and libraries write.

The patterns are of the world: Go's net and os errors, errno names (Node, libuv), glibc's strerror, JDK exceptions,
Python's and .NET's, PostgreSQL, MySQL, Redis, AMQP and Kafka clients, containerd's and the kubelet's messages.
"""

from __future__ import annotations

import re

from whydrift.core.model.trouble import Category

FILES = r"\.(?:ya?ml|json|toml|conf|config|cfg|cnf|ini|properties|env|xml|pem|crt|key|hcl|tmpl)\b"
NAMED = r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+"
"""The name of an environment variable."""

PATTERNS: tuple[tuple[Category, str], ...] = (
    (
        Category.WRONG_ARCHITECTURE,
        r"(?i:exec format error)|no match(?:ing manifest)? for (?:platform|linux/|windows/)"
        r"|cannot execute binary file"
        r"|Bad CPU type|rosetta error|does not match the (?:detected|specified) (?:host )?platform",
    ),
    (
        Category.OUT_OF_MEMORY,
        r"OutOfMemory|(?i:out of memory)|bad_alloc|Cannot allocate memory|\bENOMEM\b|\bMemoryError\b"
        r"|\bOOM(?:Killed)?\b"
        r"|(?i:insufficient memory)|(?i:failed to map \d+ bytes)|memory allocation of \d+ bytes failed"
        r"|Allowed memory size of \d+ bytes exhausted|GC overhead limit exceeded",
    ),
    (
        Category.DISK_FULL,
        r"(?i:\bENOSPC\b)|(?i:no space left on device)|(?i:disk (?:is )?full)|(?i:disk quota exceeded)|\bEDQUOT\b"
        r"|(?i:not enough (?:disk )?space)|(?i:insufficient disk space)",
    ),
    (
        Category.PORT_IN_USE,
        r"(?i:\beaddrinuse\b)|(?i:address (?:is )?already in use)|(?i:port \d+ (?:was|is) already in use)"
        r"|(?i:address in use)"
        r"|(?i:port is already allocated)|WSAEADDRINUSE",
    ),
    (
        Category.COMMAND_NOT_FOUND,
        r"executable file not found|(?i:command not found)|\b(?:ba|da|a"
        r"|z)?sh: (?:exec: )?(?:line )?(?:\d+: )?\S+: not found"
        r"|exec:? [^\n]*(?:: stat [^\n]*)?: (?i:no such file or directory)|exec \S+ failed: No such file"
        r"|unable to start container process: (?:error during container init: )?exec"
        r"|: No such file or directory: exec"
        r"|failed to generate spec: no command specified",
    ),
    (
        Category.CRD_MISSING,
        r"no matches for kind|could not find the requested resource|doesn't have a resource type"
        r"|CRD should be installed"
        r"|if kind is a CRD|(?i:crds? (?:\S+ )?(?:is |are )?(?:not (?:found|installed)|missing))"
        r"|customresourcedefinitions?\.\S+ \S+ not found|(?i:custom resource definition \S+ (?:not found|is missing))"
        r"|no kind \S+ is registered",
    ),
    (
        Category.MISSING_SECRET_KEY,
        r"couldn't find key \S+ in Secret|(?i:references non-existent secret key)|(?i:secrets? \"[^\"]+\" not found)"
        r"|(?i:secret \S+ (?:does not exist|not found))|(?i:no such secret)",
    ),
    (
        Category.QUOTA_EXCEEDED,
        r"exceeded quota|failed quota:|(?i:quota exceeded)|ResourceQuota|insufficient quota"
        r"|(?:maximum|minimum) \S+ usage per \w+ is |max limit to request ratio per ",
    ),
    (
        Category.MIGRATION_FAILED,
        r"Dirty database|(?i:migration checksum mismatch)|Can't locate revision|(?i:validate failed: migrations)"
        r"|(?i:pending migrations?)|Detected (?:failed|resolved) migration|(?i:migration \S+ (?:is )?(?:failed"
        r"|dirty))"
        r"|Multiple head revisions|liquibase\.exception"
        r"|P3009|P3018|(?i:schema version \S+ is (?:newer|older|ahead|behind))",
    ),
    (
        Category.CONFIG_INVALID,
        r"\[emerg\] .*host not found in upstream|field \S+ not found in type|(?i:field not found, node:)"
        r"|(?i:failed to build (?:the )?(?:\w+ )?configuration)",
    ),
    (Category.DEPENDENCY_UNREACHABLE, r"(?i:no resolvable (?:\w+ )?(?:urls?|hosts?|address\w*))"),
    (
        Category.CONFIG_MISSING,
        rf"KeyError: ['\"]{NAMED}|key not found: \"{NAMED}"
        rf"|\b{NAMED}['\"`]?\s*(?:environment variable\s*)?(?:is |was |are |must be "
        rf"|has not been |: )*"
        r"(?i:not set|unset|not defined|undefined|required|missing|not provided|not found|empty|be set|not specified)"
        rf"|(?i:\b(?:missing|require[sd]?|expect(?:ed|s)?|undefined|unset|set|define|provide|specify|needs?)\b)"
        rf"[^\n]{{0,60}}?['\"`$ ({{]{NAMED}\b"
        r"|(?i:(?:environment|env)(?:ironment)? var(?:iable)?s?\b[^\n]{0,80}(?:not|missing|unset|undefined|required"
        r"|empty))"
        r"|(?i:(?:missing|required|no|undefined)\b[^\n]{0,30}\b(?:env(?:ironment)? var|config(?:uration)? (?:key"
        r"|value|option|entry)))"
        r"|(?i:missing (?:required )?(?:config|configuration|setting|flag|option|argument|parameter|property|key))"
        r"|(?i:required (?:config|configuration|setting|flag|option|argument|parameter|property|key|value|field)\b)"
        rf"|(?i:specify one of the following as an environment variable)|(?i:missing)[^\n]*\bENV\[['\"]{NAMED}"
        r"|(?i:connection string \S+ (?:is |was )?(?:missing|not (?:found|set|defined)))"
        r"|Field required \[type=missing|(?i:no \w+ (?:setting|option|value) (?:was |is )?(?:provided|given))"
        r"|(?i:\b(?:is|are|was|were|has|have)(?: been)? not (?:been )?(?:set|configured|specified|provided"
        r"|supplied)\b)"
        r"|\b[a-z][\w-]*(?:\.[\w-]+)+['\"`]? (?:is|are|must be) (?:required|missing)\b|(?i:has not been defined)"
        r"|(?i:\bno (?:\w+ ){1,3}(?:configured|specified|provided|supplied)\b)"
        r"|(?i:config(?:uration)? (?:key|value|option|entry|setting) \S+ (?:is |was )?"
        r"(?:missing|not set|required|undefined))"
        r"|SRCFG00014|(?i:could not resolve placeholder)|: unbound variable|parameter (?:null or )?not set"
        r"|couldn't find key \S+ in ConfigMap"
        r"|(?i:configmaps? \"[^\"]+\" not found)|(?i:no (?:config(?:uration)?|settings) (?:file )?(?:was )?found)"
        rf"|(?i:{FILES}['\")]?:? [^\n]{{0,40}}(?:no such file|not found|does not exist|cannot be found|missing))"
        rf"|(?i:(?:no such file or directory|not found|cannot find|could not find|unable to find"
        rf"|ENOENT)[^\n]{{0,60}}{FILES})"
        rf"|{FILES}`?\n\s+\d+: No such file"
        r"|(?i:config(?:uration)? file[^\n]{0,60}(?:not found|not exist|no such file|missing))",
    ),
    (
        Category.CONFIG_INVALID,
        r"\[emerg\] .*(?:host not found in upstream|directive)|\byaml: |\btoml: |(?i:(?:response"
        r"|status)(?: code)?\W{0,3}(?:404|not found))|\bHTTP(?:/\S+)? 404\b"
        r"|(?i:\binvalid (?!memory)(?:\w+ )?(?:config\w*|values?|arguments?|options?|flags?|settings?|ports?|urls?"
        r"|json|yaml|duration|characters?"
        r"|syntax|expression|directive|parameters?|type|log level|format|regex|input|key|uri|address|host\w*"
        r"|property|time zone)\b)"
        r"|(?i:\b(?!duplicate key value)(?:unknown|unrecognized|unsupported|unexpected|undefined|bad|illegal"
        r"|duplicate"
        r"|malformed)\s+(?:\w+\s+){0,2}?"
        r"(?:config\w*|flags?|options?|fields?|keys?(?! value)|directives?|arguments?|plugins?|propert\w+"
        r"|parameters?|tokens?"
        r"|characters?|end of"
        r"|values?|settings?|sections?|commands?|module|scheme|log level|identifier|mapping|block"
        r"|attribute|keyword|variable|filter"
        r"|processor|exporter|receiver)\b)"
        r"|(?i:missing field [`'\"])|(?i:\b(?:incorrect|wrong|invalid|unexpected) number of )"
        r"|(?i:cannot unmarshal|failed to (?:parse|decode|unmarshal|load config|read config|bind properties)"
        r"|could not parse|error parsing)"
        r"|(?i:cannot parse|unable to parse|parse error|parsing error|syntax error|did not find expected"
        r"|mapping values are not allowed)"
        r"|(?i:config(?:uration)? (?:file )?(?:\S+ )?(?:is |contains? )?(?:invalid|errors?|failed|not valid|broken))"
        r"|(?i:(?:error|invalid|bad|wrong|problem)s? (?:in|with|loading|reading) (?:the )?(?:config|settings))"
        r"|Are you trying to mount a directory onto a file"
        r"|there is no setting with that name|ConfigurationError|ConfigError"
        r"|that doesn't exist|entryPoint \S+ doesn't exist|flag provided but not defined"
        r"|(?i:validation (?:failed|errors?))|strconv\.\w+: parsing"
        r"|JSONDecodeError|YAMLException|ScannerError|ParserError|ConfigException|ConfigurationException"
        r"|NumberFormatException"
        r"|IllegalArgumentException|ImproperlyConfigured|ValidationError|(?i:unmarshal (?:errors?|failed))"
        r"|decoding failed",
    ),
    (
        Category.PERMISSION_DENIED,
        r"ACCESS[_-]REFUSED|(?i:permission denied)|\bEACCES\b|\bEPERM\b|(?i:access (?:is )?denied)|AccessDenied"
        r"|(?i:authenti?cation (?:failed|failure|error|required|unsuccessful))|(?i:(?:un|not )authorized)"
        r"|(?i:\bforbidden\b)"
        r"|(?i:invalid (?:credentials?|password|username|api[ -]?key|access[ -]?key|token))|(?i:login (?:failed"
        r"|was refused))"
        r"|WRONGPASS|NOAUTH\b|(?i:operation not permitted)|(?i:read-only file ?system)|\bEROFS\b|InvalidAccessKeyId"
        r"|SignatureDoesNotMatch|(?i:insufficient (?:privileges?|permissions?|scope))|UnauthorizedAccess"
        r"|(?i:wrong password)"
        r"|\b(?:status(?: code)?|HTTP(?:/\S+)?|[Cc]ode)[ :=]*(?:401|403)\b|(?i:bad credentials)|(?i:not allowed to)"
        r"|InvalidClientTokenId"
        r"|ExpiredToken|Unauthenticated|(?i:SASL authentication)|(?i:no pg_hba\.conf entry)"
        r"|(?i:must be (?:super)?user)|Exception \(403\) Reason|\beacces\b"
        r"|container has runAsNonRoot and image|container's runAsUser breaks non-root policy"
        r"|PermissionDenied|(?i:permission '[^']+' denied)|(?i:exception authenticating)",
    ),
    (
        Category.CERTIFICATE_NOT_READY,
        r"(?i:certificate has expired)|(?i:certificate (?:is )?(?:expired|not yet valid))|CERT_HAS_EXPIRED"
        r"|CertificateExpired",
    ),
    (
        Category.DEPENDENCY_UNREACHABLE,
        r"(?i:no such host)|UnknownHost|ENOTFOUND|EAI_AGAIN|(?i:connection (?:was |is |attempt )?(?:refused|reset"
        r"|closed|failed|timed out|aborted|lost|error))"
        r"|ECONN(?:REFUSED|RESET|ABORTED)|ETIMEDOUT|E(?:HOST|NET)UNREACH|(?i:i/o timeout)|(?i:deadline exceeded)"
        r"|(?i:no route to host)|(?i:(?:network|host) (?:is )?unreachable)|(?i:name or service not known)"
        r"|(?i:name resolution)"
        r"|(?i:could not translate host)|(?i:(?:could not|can(?:no|')t|unable to|failed to"
        r"|cannot) (?:\w+ ){0,2}?(?:connect|reach|resolve(?! (?:service|dependenc|module|import|type|bean|symbol"
        r"|reference|path|[`'\"]?\.))|dial|ping|contact))"
        r"|(?i:\bbad address\b)|(?i:connection to [^\n]{1,60} refused)|\b(?:econnrefused|ehostunreach|etimedout"
        r"|nxdomain)\b"
        r"|(?i:certificate problem)|(?i:host not found)|getaddrinfo|(?i:not reachable)|(?i:unreachable)"
        r"|(?i:server misbehaving)|\bdial (?:tcp"
        r"|unix|udp)\b"
        r"|(?i:timeout occurred after waiting)|:\d+ - (?:no response|rejecting connections)"
        r"|(?i:tls handshake)|(?i:handshake failure)|\bUNAVAILABLE\b|(?i:no healthy upstream)"
        r"|(?i:communications link failure)"
        r"|(?i:obtain (?:jdbc )?connection)|(?i:no (?:brokers?|nodes?|hosts?|servers?) (?:are )?available)"
        r"|ServerSelection(?:Timeout)?Error|\bNo(?:Brokers?|Nodes?|Hosts?|Servers?)Available\b"
        r"|(?i:nodename nor servname)|(?i:gave up waiting)|(?i:(?:connect|connection|request|read"
        r"|operation)\w* tim(?:ed? ?)out)"
        r"|(?i:timed out (?:waiting|while|after|connecting))|(?i:bad gateway)|(?i:service unavailable)"
        r"|(?i:gateway time-?out)"
        r"|(?i:x509: )|(?i:certificate verify failed)|PKIX path|SELF_SIGNED_CERT|(?i:broker may not be available)"
        r"|NXDOMAIN"
        r"|(?i:no such service)|(?i:connection pool|pool timed out)|SocketTimeout|ConnectTimeout|ConnectException"
        r"|ConnectionError",
    ),
    (Category.PORT_IN_USE, r"(?i:failed to bind|cannot bind|could not bind)(?i:[^\n]{0,40}\b(?:port|address|socket))"),
    (
        Category.MIGRATION_FAILED,
        r"(?i:migrat\w+[^\n]{0,60}(?:fail|error|dirty|abort|could not|cannot))|(?i:(?:fail|error|cannot|could not"
        r"|unable)[^\n]{0,60}migrat)",
    ),
    (Category.CONFIG_INVALID, r"\[emerg\]"),
)
JOINED = re.compile(r"(?<=[a-z])_(?=[a-z])|(?<=[A-Z])_(?=[A-Z])")
COMPILED = tuple((category, re.compile(pattern)) for category, pattern in PATTERNS)


def category_of(line: str) -> Category | None:
    """The category that a line gives away; None where it only says that something failed.

    Atoms of Erlang, names of error codes and of exceptions' kinds say it in words that underscores join.
    """
    found = _stated(line)
    return _stated(JOINED.sub(" ", line)) if found is None and "_" in line else found


def _stated(line: str) -> Category | None:
    return next((category for category, pattern in COMPILED if pattern.search(line)), None)


IMAGE_FORBIDDEN = re.compile(
    r"(?i)\b40[13]\b|toomanyrequests|\b429\b"
    r"|unauthori[sz]ed|forbidden|denied|authentication required|authorization failed|no basic auth"
    r"|insufficient_scope|failed to fetch (?:oauth|anonymous) token|credentials"
)


REQUESTED = re.compile(r"https?://[^\s\"]+|failed to resolve reference")
"""What was asked for, and containerd's words for any answer: neither says why."""


def image_category(message: str) -> Category:
    """Why an image was not pulled (containerd's and registries' messages)."""
    plain = REQUESTED.sub("", message)
    found = category_of(plain)
    if found in (Category.WRONG_ARCHITECTURE, Category.DISK_FULL):
        return found
    if IMAGE_FORBIDDEN.search(_without_names(plain)):
        return Category.IMAGE_FORBIDDEN
    if found is Category.DEPENDENCY_UNREACHABLE and not re.search(r"(?i)manifest|not found", plain):
        return found
    return Category.IMAGE_NOT_FOUND


def _without_names(message: str) -> str:
    """A message without the image's name, which may hold any word."""
    return re.sub(r"\"[^\"]*\"|\S+/\S+:\S+", "", message)
