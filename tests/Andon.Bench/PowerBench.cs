using System.Globalization;
using Andon.Tests.Power.Cut;

namespace Andon.Bench;

/// <summary>Power cuts in the middle of ingest: the disk that each leaves is made from a journal of what was flushed. Prints its seed; the same seed cuts and keeps alike.</summary>
static class PowerBench
{
    const int CutsARound = 5;

    /// <summary><c>powercut keep [CUTS [SEED]]</c>: in the middle of two backups and of a restore.</summary>
    public static async Task<int> Keep(string[] args)
    {
        var cuts = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 6;
        var seed = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : Random.Shared.Next(1_000_000);
        var work = Directory.CreateTempSubdirectory("andon-power-").FullName;
        try
        {
            var (layer, why) = CutLayer.Make(work);
            if (layer is null)
            {
                Console.Error.WriteLine(why);
                return 2;
            }
            var run = new KeepCuts(layer, work, seed, Console.Error.WriteLine);
            await run.Run(cuts);
            foreach (var wrong in run.Wrong) Console.WriteLine(wrong);
            Console.WriteLine($"seed {seed}, {3 * cuts} cuts of two backups and a restore: {run.Wrong.Count} wrong; {string.Join(", ", run.Found.Select(f => $"{f.Key} {f.Value}"))}");
            return run.Wrong.Count == 0 ? 0 : 1;
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    public static async Task<int> Run(string[] args)
    {
        var cuts = args.Length > 0 && int.TryParse(args[0], NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : 20;
        var seed = args is [_, var s, ..] && int.TryParse(s, NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : Random.Shared.Next(1_000_000);
        var engine = !args.Contains("--no-engine", StringComparer.Ordinal);
        var mode = args.Contains("--ordered", StringComparer.Ordinal) ? CutMode.Ordered : CutMode.Strict;
        var work = Directory.CreateTempSubdirectory("andon-power-").FullName;
        try
        {
            var (layer, why) = CutLayer.Make(work);
            if (layer is null)
            {
                Console.Error.WriteLine(why);
                return 2;
            }
            Console.WriteLine($"seed {seed}, {mode}, {(engine ? "with" : "without")} the event engine");
            var run = new PowerCuts(layer, work, seed, Console.Error.WriteLine);
            await run.Run(cuts, CutsARound, TimeSpan.FromSeconds(3), engine, mode, args.Contains("--faults", StringComparer.Ordinal), args.Contains("--anew", StringComparer.Ordinal));
            foreach (var wrong in run.Report.Wrong) Console.WriteLine(wrong);
            Console.WriteLine(run.Report);
            return run.Report.Wrong.Count == 0 ? 0 : 1;
        }
        finally
        {
            if (args.Contains("--keep", StringComparer.Ordinal)) Console.WriteLine($"kept in {work}");
            else Directory.Delete(work, recursive: true);
        }
    }
}
