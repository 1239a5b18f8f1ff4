using System.Diagnostics;
using Andon.Detect.RuleBook;
using Andon.Detect.Sigma.Compilation;
using Andon.Model;

namespace Andon.Detect.Hunt;

/// <summary>
/// <c>andon hunt --rules PATH... [--json] FILE...</c>: rules over files, no server. The same matcher as the house's own.
/// </summary>
public static class HuntCli
{
    const int Done = 0, Problems = 1, WrongCall = 2, Stopped = 130;

    /// <summary>
    /// Runs the verb; <paramref name="args"/> without the verb itself. 0 = done, 1 = some rule or file was refused or could not be read to
    /// its end, 2 = wrong call, 130 = stopped; what was done until then is reported.
    /// </summary>
    /// <param name="normalise">Intake's normaliser.</param>
    /// <param name="eventLog">Intake's reader of event logs (EVTX); its last argument: recover what stands behind damage.</param>
    /// <param name="terminal">Does a person see <paramref name="errors"/>? Then progress is shown there.</param>
    public static int Run(IReadOnlyList<string> args, ContentFolder content, Normalising normalise,
        Func<Stream, Action<Finding>, bool, IEnumerable<ReadOnlyMemory<byte>>> eventLog, TimeProvider clock, TextWriter output, TextWriter errors, bool terminal, CancellationToken stop)
    {
        if (HuntOptions.Read(args, out var wrong) is not { } options)
        {
            errors.WriteLine($"andon hunt: {wrong}");
            errors.WriteLine(HuntOptions.Usage);
            return WrongCall;
        }
        var began = clock.GetTimestamp();
        using var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var progress = new HuntProgress(errors, options.Progress || terminal, clock);
        var problems = 0;
        void Problem(Finding finding)
        {
            progress.Hide();
            errors.WriteLine(finding);
            if (finding.Level == FindingLevel.Error) problems++;
        }

        var reading = HuntReading.Of(content, options.Lists, options.Pipelines, Problem);
        var set = new RuleSet([.. options.Rules.SelectMany(p => RuleFiles.Load(p, p, reading))], Mappings.Load(content.Path));
        foreach (var finding in set.Findings.Where(f => f.Level == FindingLevel.Error)) Problem(finding);
        var reader = new HuntFiles(Problem, (file, found) => eventLog(file, found, options.Recover)) { KeepsRecords = options.Explain is not null };
        var source = Until(stop, options.Files.SelectMany(reader.Read));
        if (options.Explain is { } asked)
        {
            var rules = HuntExplain.Find(set, asked);
            if (rules.Count != 1)
            {
                errors.WriteLine(rules.Count == 0 ? $"andon hunt: no loaded rule has the id, name or title '{asked}'." : $"andon hunt: '{asked}' are {rules.Count} rules: {string.Join(", ", rules.Select(r => r.Header.RuleId))}.");
                return WrongCall;
            }
            new HuntExplain(set, rules[0], records => normalise(records, FieldSelection.Everything), clock.NowMs(), output, options.Json).Run(source, options.Limit, progress);
            return stop.IsCancellationRequested ? Stopped : problems > 0 ? Problems : Done;
        }

        process.Refresh();
        var loaded = process.TotalProcessorTime;
        var report = new HuntReport(output, options.Json);
        long events = 0, bytes = 0;
        var hunt = new Hunter(set, normalise, clock.NowMs(), options.Threads == 0 ? Environment.ProcessorCount : options.Threads);
        foreach (var (file, record, hit) in hunt.Run(source, n => progress.Update(events += n, bytes, report.Hits), n => bytes += n))
        {
            progress.Hide();
            report.Add(file, record, hit);
            // Rows wait in a buffer; a person who watches sees them now.
            if (progress.On) output.Flush();
        }
        progress.Hide();
        process.Refresh();
        var summary = new HuntSummary(events, bytes, Math.Round(clock.GetElapsedTime(began).TotalSeconds, 3), Math.Round((process.TotalProcessorTime - cpu).TotalSeconds, 3),
            set.Rules.Count + set.Correlations.Count + set.Filters.Count, set.Refused, report.Hits);
        report.End(summary, (process.TotalProcessorTime - loaded).TotalSeconds, set.Unrouted.Count, stop.IsCancellationRequested);
        return stop.IsCancellationRequested ? Stopped : problems > 0 ? Problems : Done;
    }

    static IEnumerable<(string, ReadOnlyMemory<byte>)> Until(CancellationToken stop, IEnumerable<(string File, ReadOnlyMemory<byte> Record)> source)
    {
        foreach (var record in source)
        {
            if (stop.IsCancellationRequested) yield break;
            yield return record;
        }
    }
}
