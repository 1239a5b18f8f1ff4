using System.Text;
using Andon.Intake.Normalise;

namespace Andon.Intake.Collect;

/// <summary>What was read of a file's head so far, as its mark keeps it.</summary>
/// <param name="Zeek">Under a <c>#separator \x09</c>: the lines of its head are tab-separated.</param>
/// <param name="Path">Zeek's name of the log.</param>
/// <param name="Fields">Zeek's names, until their types were told.</param>
/// <param name="Hint">Names of the columns as records carry them.</param>
sealed record HeadState(bool Zeek = false, string Path = "", string Fields = "", string Hint = "");

/// <summary>
/// What lines at the head of a file say of the lines that follow: Zeek's <c>#separator</c>, <c>#path</c>, <c>#fields</c> and <c>#types</c>, IIS's <c>#Fields:</c>.
/// Each line of data belongs to the last head before it. Only a file whose first line is one has a head: in any other, a sender may have written such a line.
/// </summary>
sealed class HeadLines
{
    static readonly HeadState Fresh = new();
    bool began;

    /// <summary>Null in a file that has no head.</summary>
    public HeadState? State { get; private set; }

    /// <summary>Names of the columns as records carry them in their hint; null where no head was seen, or one that is not read.</summary>
    public string? Hint => State is { Hint.Length: > 0 } state ? state.Hint : null;

    /// <summary>At the beginning of a file.</summary>
    public void Clear() => (began, State) = (false, null);

    /// <summary>Within a file, where its mark stands.</summary>
    public void Resume(HeadState? state) => (began, State) = (true, state);

    /// <summary>True where the line is part of a head.</summary>
    public bool Take(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty) return false;
        var first = !began;
        began = true;
        if (line[0] != '#' || (!first && State is null) || line.Length > Limits.HeadLineBytesMax) return false;
        var text = Encoding.UTF8.GetString(line).TrimEnd('\r');
        if (text.StartsWith("#separator ", StringComparison.Ordinal)) State = Fresh with { Zeek = text == @"#separator \x09" };
        else if (text.StartsWith("#Fields: ", StringComparison.Ordinal)) State = Fresh with { Hint = W3c(text["#Fields: ".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)) };
        else if (text.StartsWith("#Software: ", StringComparison.Ordinal) || text.StartsWith("#Version: ", StringComparison.Ordinal) || text.StartsWith("#Date: ", StringComparison.Ordinal)) State ??= Fresh;
        else if (State is not { Zeek: true } state) return false;
        else if (text.Split('\t') is [var directive, .. var values])
            State = directive switch
            {
                "#set_separator" when values is not [","] => Fresh,
                "#empty_field" when values is not ["(empty)"] => Fresh,
                "#unset_field" when values is not ["-"] => Fresh,
                "#path" => state with { Path = values.FirstOrDefault("") },
                "#fields" => state with { Fields = string.Join('\t', values), Hint = Told("zeek", state.Path, values) },
                "#types" when state.Fields.Split('\t') is var names && names.Length == values.Length => state with { Hint = Told("zeek", state.Path, [.. names.Select((f, i) => f + Kind(values[i]))]) },
                _ => state,
            };
        return true;
    }

    // Other servers write this form too, each with its own names.
    static string W3c(string[] columns) =>
        Array.IndexOf(columns, "cs-uri-stem") >= 0 && Array.IndexOf(columns, "date") >= 0 && Array.IndexOf(columns, "time") >= 0 ? Told("iis", "", columns) : "";

    static string Kind(string type) => type switch
    {
        "count" or "int" or "double" or "time" or "interval" or "port" => "#",
        "bool" => "?",
        _ => type.StartsWith("set[", StringComparison.Ordinal) || type.StartsWith("vector[", StringComparison.Ordinal) ? "*" : "",
    };

    // Names are written by whoever wrote the file: what would part the hint is none, and no two columns have one name.
    static string Told(string parser, string path, string[] columns) =>
        columns.Length is > 1 and <= Limits.ColumnsMax && columns.Distinct(StringComparer.Ordinal).Count() == columns.Length
        && columns.Append(path).All(c => c.All(l => char.IsAsciiLetterOrDigit(l) || l is '.' or '_' or '-' or '(' or ')' or '#' or '?' or '*' or '@')) && columns.All(c => c.Length > 0)
            ? $"{Hints.Columns}{parser}/{path}/{string.Join(',', columns)}" : "";
}
