using System.Text;
using Andon.Intake.Normalise;

namespace Andon.Intake.Collect;

/// <summary>
/// What lines at the head of a file say of the lines that follow: Zeek's <c>#separator</c>, <c>#path</c>, <c>#fields</c> and <c>#types</c>, IIS's <c>#Fields:</c>.
/// Each line of data belongs to the last head before it.
/// </summary>
sealed class HeadLines
{
    readonly List<string> fields = [];
    string path = "", hint = "";
    bool zeek;

    /// <summary>Names of the columns as records carry them in their hint; null where no head was seen, or one that is not read.</summary>
    public string? Hint => hint.Length > 0 ? hint : null;

    public void Clear()
    {
        fields.Clear();
        (path, hint, zeek) = ("", "", false);
    }

    /// <summary>True where the line is part of a head.</summary>
    public bool Take(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty || line[0] != '#' || line.Length > Limits.HeadLineBytesMax) return false;
        var text = Encoding.UTF8.GetString(line).TrimEnd('\r');
        if (text.StartsWith("#separator ", StringComparison.Ordinal))
        {
            Clear();
            zeek = text == @"#separator \x09";
        }
        else if (text.StartsWith("#Fields: ", StringComparison.Ordinal))
        {
            Clear();
            var columns = text["#Fields: ".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            // Other servers write this form too, each with its own names.
            if (Array.IndexOf(columns, "cs-uri-stem") >= 0 && Array.IndexOf(columns, "date") >= 0 && Array.IndexOf(columns, "time") >= 0) Tell("iis", columns);
        }
        else if (!zeek) return text.StartsWith("#Software: ", StringComparison.Ordinal) || text.StartsWith("#Version: ", StringComparison.Ordinal) || text.StartsWith("#Date: ", StringComparison.Ordinal);
        else if (text.StartsWith("#path\t", StringComparison.Ordinal)) path = text["#path\t".Length..];
        else if (text.StartsWith("#set_separator\t", StringComparison.Ordinal) && text != "#set_separator\t,") Clear();
        else if (text.StartsWith("#fields\t", StringComparison.Ordinal))
        {
            fields.Clear();
            fields.AddRange(text["#fields\t".Length..].Split('\t'));
            Tell("zeek", [.. fields]);
        }
        else if (text.StartsWith("#types\t", StringComparison.Ordinal))
        {
            var types = text["#types\t".Length..].Split('\t');
            if (types.Length == fields.Count) Tell("zeek", [.. fields.Select((f, i) => f + Kind(types[i]))]);
        }
        return true;
    }

    static string Kind(string type) => type switch
    {
        "count" or "int" or "double" or "time" or "interval" or "port" => "#",
        "bool" => "?",
        _ => type.StartsWith("set[", StringComparison.Ordinal) || type.StartsWith("vector[", StringComparison.Ordinal) ? "*" : "",
    };

    // Names are written by whoever wrote the file: what would part the hint is none.
    void Tell(string parser, string[] columns)
    {
        var fit = columns.Length is > 1 and <= Limits.ColumnsMax && columns.Append(path).All(c => c.All(l => char.IsAsciiLetterOrDigit(l) || l is '.' or '_' or '-' or '(' or ')' or '#' or '?' or '*' or '@'));
        hint = fit ? $"{Hints.Columns}{parser}/{path}/{string.Join(',', columns)}" : "";
    }
}
