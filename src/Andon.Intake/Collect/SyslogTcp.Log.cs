using Microsoft.Extensions.Logging;

namespace Andon.Intake.Collect;

sealed partial class SyslogTcp
{
    [LoggerMessage(Level = LogLevel.Error, Message = "Syslog connection from {Peer} broke.")]
    partial void Broke(Exception e, string peer);
}
