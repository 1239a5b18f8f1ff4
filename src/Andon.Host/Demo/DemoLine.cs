namespace Andon.Host.Demo;

/// <summary>By which road a line reaches Andon: the same listeners that real shippers use.</summary>
enum DemoRoad { SyslogTcp, SyslogUdp, Bulk, File }

/// <summary>One line of the office's telemetry and the moment it is written.</summary>
readonly record struct DemoLine(DateTimeOffset At, DemoRoad Road, string Text);
