using Microsoft.Extensions.Logging;

namespace Andon.Intake.Sources;

sealed partial class SourceStage
{
    [LoggerMessage(Level = LogLevel.Error, Message = "Counting sources failed at record {Position}.")]
    partial void Failed(Exception e, ulong position);
}
