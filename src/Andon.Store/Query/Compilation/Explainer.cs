using System.Text.RegularExpressions;
using Andon.Store.Events;
using Andon.Store.Query.Ast;

namespace Andon.Store.Query.Compilation;

/// <summary>Says of a compiled query what its tests cost, which indexes serve them, and what would make it cheaper. Changes nothing.</summary>
internal static partial class Explainer
{
    /// <summary>The tests in the order in which they run, with a finding for each that could be cheaper.</summary>
    public static List<ExplainedTest> Tests(Compiler compiler)
    {
        var tests = new List<ExplainedTest>();
        foreach (var scan in Scans(compiler))
            tests.AddRange(scan.OrderBy(t => t.Sql.Cost).Select(t => new ExplainedTest(t.Part.ToString(), Class(t), t.Sql.Cost, Index(t))));
        foreach (var test in compiler.Tested) Advise(test, compiler);
        return tests;
    }

    /// <summary>Tests of one scan stand together; a step that makes rows anew begins the next.</summary>
    static IEnumerable<List<Tested>> Scans(Compiler compiler)
    {
        var scan = new List<Tested>();
        foreach (var test in compiler.Tested)
        {
            if (scan.Count > 0 && scan[^1].Of.From != test.Of.From) { yield return scan; scan = []; }
            scan.Add(test);
        }
        if (scan.Count > 0) yield return scan;
    }

    /// <summary>Columns of the store that a query's text names; values are parameters, so every word of it is ours.</summary>
    public static List<string> Columns(string sql)
    {
        var words = Identifier().Matches(sql).Select(m => m.Value).ToHashSet();
        return [.. EventTables.All.SelectMany(t => t.Columns).Select(c => c.Name).Distinct().Where(words.Contains).Order(StringComparer.Ordinal)];
    }

    /// <summary>Reads the answer of EXPLAIN indexes = 1.</summary>
    public static List<ExplainedIndex> Chosen(IEnumerable<string> lines)
    {
        var chosen = new List<ExplainedIndex>();
        string name = "";
        (long Left, long Of) parts = default;
        foreach (var raw in lines)
        {
            var line = raw.Trim();
            if (line is "MinMax" or "Partition" or "PrimaryKey" or "Skip" or "Statistics") name = line;
            else if (line.StartsWith("Name: ", StringComparison.Ordinal)) name = line[6..];
            else if (Share().Match(line) is { Success: true } share)
            {
                var (left, of) = (long.Parse(share.Groups[2].ValueSpan, System.Globalization.CultureInfo.InvariantCulture), long.Parse(share.Groups[3].ValueSpan, System.Globalization.CultureInfo.InvariantCulture));
                if (share.Groups[1].Value == "Parts") parts = (left, of);
                else if (name.Length > 0) chosen.Add(new(name, parts.Left, parts.Of, left, of));
            }
        }
        return chosen;
    }

    static bool OfResult(Tested test) => test.Of.From.StartsWith('(');

    static string Class(Tested test)
    {
        if (OfResult(test)) return "result";
        if (Parts(test.Part).Any(p => p is Binary { Operator: "matches regex" })) return "regex";
        return Index(test) switch
        {
            "ix_raw" => "terms",
            "ix_cmd" => "grams",
            "ix_bag" => "bag",
            not null => "index",
            null => Plain(test),
        };
    }

    static string Plain(Tested test) => test.Sql.Cost switch
    {
        0 => "time",
        _ when test.Text.Contains("log_source_id", StringComparison.Ordinal) || test.Text.Contains("host_name", StringComparison.Ordinal) => "source",
        <= 2 => "column",
        _ when BagWord().IsMatch(test.Text) => "bag",
        _ => "scan",
    };

    /// <summary>The index that the shape of a test lets the engine use; the order of the table itself serves time, source and host.</summary>
    static string? Index(Tested test)
    {
        if (OfResult(test) || test.Text.StartsWith("NOT ", StringComparison.Ordinal)) return null;
        foreach (var (name, pattern) in Uses)
            // Of alternatives, each must be served, or nothing can be skipped.
            if (test.Text.Split(" OR ").All(t => pattern.IsMatch(t)) && !(name == "ix_cmd" && Parts(test.Part).Any(IsShort))) return name;
        return null;
    }

    static readonly (string Name, Regex Pattern)[] Uses =
    [
        ("ix_raw", new(@"hasToken\(lower\(raw\)", RegexOptions.NonBacktracking)),
        ("ix_cmd", new(@"lower\(process_command_line\) LIKE", RegexOptions.NonBacktracking)),
        ("ix_user", new(@"(?:^|\()user_name (?:=|IN) ", RegexOptions.NonBacktracking)),
        ("ix_source_ip", new(@"(?:^|\()source_ip (?:=|IN) ", RegexOptions.NonBacktracking)),
        ("ix_sha256", new(@"(?:^|\()file_hash_sha256 (?:=|IN) ", RegexOptions.NonBacktracking)),
        ("ix_bag", new(@"mapContains\((?:spans|bag), ", RegexOptions.NonBacktracking)),
    ];

    static void Advise(Tested test, Compiler compiler)
    {
        if (OfResult(test)) return;
        var faults = compiler.Faults;
        foreach (var part in Parts(test.Part))
            switch (part)
            {
                case Binary { Operator: "matches regex" } b when OnRaw(b.Left):
                    faults.Warn("KQL090", b.At, "A pattern over the raw record reads every record.", "Put `event.original has 'word'` before it: the index of terms skips what cannot match.");
                    break;
                case Binary { Operator: "contains" or "contains_cs", Right: Literal { Value: string { Length: > 0 and < 4 } text } } b:
                    faults.Warn("KQL091", b.At, $"'{text}' is shorter than four characters, so no index helps `{b.Operator}`.", "Use `has` for whole terms, or a longer text.");
                    break;
                case Binary { Operator: "contains" or "contains_cs" or "endswith" or "hassuffix" } b when OnRaw(b.Left):
                    faults.Note("KQL092", b.At, $"`{b.Operator}` over the raw record begins anywhere, so every record is read.", "`has` looks for whole terms by index.");
                    break;
                case Binary { Left: Call { Function: "tolower" or "toupper", Arguments: [Name n] } } b when compiler.Tested.Count > 0 && test.Of.Find(n.Text) is not null:
                    faults.Note("KQL094", b.At, $"`{b.Left}` is worked out for every event and hides the column from its index.", b.Operator == "==" ? $"{n} =~ {b.Right}" : $"Compare {n} itself; =~, has and contains ignore case.");
                    break;
                case Binary { Left: Name n } b when test.Of.Open && test.Of.Find(n.Text) is null && !Tables.TimeNames.Contains(n.Text) && b.Operator is not ("==" or "in"):
                    faults.Note("KQL093", b.At, $"`{n}` has no column of its own: the bag of every event is read.", "Add a test of a column or a time range before it.");
                    break;
            }
    }

    // The index holds pieces of four characters.
    static bool IsShort(Expr part) => part is Binary { Right: Literal { Value: string { Length: < 4 } } };

    static bool OnRaw(Expr expr) => expr is Name { Text: Tables.RawName };

    static IEnumerable<Expr> Parts(Expr expr) => expr switch
    {
        Binary { Operator: "and" or "or" } b => Parts(b.Left).Concat(Parts(b.Right)),
        Call { Function: "not", Arguments: [var of] } => Parts(of),
        _ => [expr],
    };

    [GeneratedRegex("[a-z_][a-z0-9_]*")]
    private static partial Regex Identifier();
    [GeneratedRegex(@"^(Parts|Granules): (\d+)/(\d+)$")]
    private static partial Regex Share();
    [GeneratedRegex(@"\bbag\b")]
    private static partial Regex BagWord();
}
