using Andon.Model;

namespace Andon.Intake.Normalise.Language;

/// <summary>All parsers of the content folder and of the user's own, compiled; a user's parser takes the place of the shipped one of the same name.</summary>
sealed class ParserBook
{
    public IReadOnlyList<Parser> Parsers { get; }
    public Dispatch Dispatch { get; }
    public IReadOnlyList<Finding> Findings { get; }
    public IReadOnlyDictionary<string, IReadOnlyList<ParserCase>> Cases { get; }
    /// <summary>What stands beside an event in its envelope.</summary>
    public Parser? Beside { get; }
    /// <summary>Labels of a Loki stream.</summary>
    public Parser? Labels { get; }
    /// <summary>Usual names of fields, for records that no parser knows.</summary>
    public Parser? Common { get; }
    /// <summary>File of each parser, by its name.</summary>
    public IReadOnlyDictionary<string, string> Files { get; }

    ParserBook(List<Parser> parsers, Dispatch dispatch, List<Finding> findings, Dictionary<string, IReadOnlyList<ParserCase>> cases, Dictionary<string, string> files) =>
        (Parsers, Dispatch, Findings, Cases, Files, Common, Beside, Labels) = (parsers, dispatch, findings, cases, files, parsers.Find(p => p.Name == "common"), parsers.Find(p => p.Name == "envelope-fields"), parsers.Find(p => p.Name == "loki-labels"));

    /// <summary>Reads every <c>*.yml</c> that has an <c>extract</c>. A parser with an error is left out and has all its findings here.</summary>
    /// <param name="trial">A parser's text that is tried in place of the one of that name.</param>
    public static ParserBook Load(string content, string? user, Constants constants, KnownPaths paths, JsonFormat json, string? trial = null, IReadOnlyCollection<string>? refused = null)
    {
        var parsers = new Dictionary<string, Parser>(StringComparer.Ordinal);
        var findings = new List<Finding>();
        var cases = new Dictionary<string, IReadOnlyList<ParserCase>>(StringComparer.Ordinal);
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        var number = 0;
        foreach (var (folder, label) in new[] { (content, "parsers/"), (user, "data/parsers/") })
        {
            if (folder is null || !Directory.Exists(folder)) continue;
            foreach (var path in Directory.GetFiles(folder, "*.yml").Order(StringComparer.Ordinal))
            {
                if (number >= Limits.ParsersMax)
                {
                    findings.Add(new("PAR171", $"More than {Limits.ParsersMax} parsers; the rest was not read.", "Take out those that are not needed.", label, FindingLevel.Warning));
                    break;
                }
                if (!IsParser(path)) continue;
                Take(new ParserReader(path, label + Path.GetFileName(path), number++, constants, json, content), r => r.Read(), path);
            }
        }
        if (trial is not null) Take(new ParserReader(Path.Combine(user ?? content, "trial.yml"), "trial", number, constants, json, content), r => r.ReadText(trial), "");
        var inOrder = parsers.Values.OrderBy(p => p.Name, StringComparer.Ordinal).ToList();
        return new(inOrder, new(inOrder, paths), findings, cases, files);

        void Take(ParserReader reader, Func<ParserReader, Parser?> read, string path)
        {
            var parser = read(reader);
            findings.AddRange(reader.Findings);
            if (parser is null || (path.Length > 0 && user is not null && path.StartsWith(user, StringComparison.Ordinal) && refused?.Contains(parser.Name) == true)) return;
            parsers[parser.Name] = parser;
            cases[parser.Name] = reader.Cases;
            files[parser.Name] = path;
        }
    }

    // The tables of windows and of programs stand in the same folder and have a form of their own.
    static bool IsParser(string path) => File.ReadLines(path).Any(l => l.StartsWith("extract:", StringComparison.Ordinal));
}
