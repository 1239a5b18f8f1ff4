using System.Diagnostics;

namespace Andon.Bench;

/// <summary><c>clients [NAME]</c>: the test of every real client with its full number of messages; a name takes only those that hold it.</summary>
static class ClientsBench
{
    public static int Run(string[] args, string root)
    {
        var tests = Path.Combine(root, "tests", "Andon.Tests");
        var built = Start("dotnet", ["build", tests, "-v", "q", "--nologo"], []);
        return built != 0 ? built : Start(Path.Combine(tests, "bin", "Debug", "net10.0", "Andon.Tests"), ["-noLogo", "-class", "*.RealClients", "-showliveoutput"],
            new() { ["ANDON_NIGHTLY"] = "1", ["ANDON_CLIENT"] = args.Length > 0 ? args[0] : "" });
    }

    static int Start(string program, string[] arguments, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(program, arguments);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        process.WaitForExit();
        return process.ExitCode;
    }
}
