using Microsoft.Extensions.Logging;

namespace Andon.Intake.Collect;

sealed partial class TcpDoor
{
    [LoggerMessage(Level = LogLevel.Error, Message = "A connection of {Listener} from {Peer} broke.")]
    partial void Broke(Exception e, string listener, string peer);
}
