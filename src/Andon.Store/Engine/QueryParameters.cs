namespace Andon.Store.Engine;

/// <summary>Values on their way into a statement, always as <c>{name:Type}</c> parameters, never as SQL text.</summary>
public static class QueryParameters
{
    /// <summary>Text of an array parameter, for <c>{x:Array(String)}</c>. Only the quote is doubled here; the client escapes the rest, once.</summary>
    public static string Array(IEnumerable<string> values) =>
        $"[{string.Join(',', values.Select(v => $"'{v.Replace("'", "''", StringComparison.Ordinal)}'"))}]";

    /// <summary>Text of an array of numbers, for <c>{x:Array(UInt64)}</c> and the like.</summary>
    public static string Array(IEnumerable<ulong> values) => $"[{string.Join(',', values)}]";

    /// <summary>How the server wants a value in the URL: escaped as in TSV; the URL's own escaping follows.</summary>
    internal static string Escape(string value)
    {
        if (value.AsSpan().IndexOfAny("\\\t\n\r\0") < 0) return value;
        return value.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("\t", @"\t", StringComparison.Ordinal)
            .Replace("\n", @"\n", StringComparison.Ordinal).Replace("\r", @"\r", StringComparison.Ordinal).Replace("\0", @"\0", StringComparison.Ordinal);
    }
}
