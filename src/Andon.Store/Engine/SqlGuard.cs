using System.Text;
using System.Text.RegularExpressions;

namespace Andon.Store.Engine;

/// <summary>
/// A tripwire, not the wall: the wall is that no person's text becomes SQL. Should that ever fail, these functions, which read our
/// files or reach into the network, still do not run.
/// </summary>
static partial class SqlGuard
{
    /// <summary>Name of a forbidden function that the statement calls, or null.</summary>
    public static string? Forbidden(string sql) => CallPattern().Match(WithoutTexts(sql)) is { Success: true } call ? call.Groups["name"].Value : null;

    [GeneratedRegex(@"\b(?<name>file|url|urlCluster|fileCluster|s3|s3Cluster|gcs|oss|cosn|hdfs|hdfsCluster|azureBlobStorage|azureBlobStorageCluster|remote|remoteSecure|mysql|postgresql|sqlite|mongodb|redis|jdbc|odbc|executable|deltaLake|deltaLakeCluster|iceberg|icebergS3|icebergLocal|icebergCluster|hudi|hudiCluster|python|arrowstream|loop|ytsaurus|catboostEvaluate)[`""]?\s*\(", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex CallPattern();

    /// <summary>The statement with its texts and comments blanked out; quoted identifiers stay.</summary>
    static string WithoutTexts(string sql)
    {
        var kept = new StringBuilder(sql.Length);
        for (var i = 0; i < sql.Length; i++)
        {
            var c = sql[i];
            if (c is '\'' or '"' or '`')
            {
                var end = QuoteEnd(sql, i);
                kept.Append(c == '\'' ? "''" : sql.AsSpan(i, Math.Min(end + 1, sql.Length) - i));
                i = end;
            }
            else if (c == '#' || (c == '-' && i + 1 < sql.Length && sql[i + 1] == '-'))
            {
                i = Found(sql.IndexOf('\n', i), sql.Length);
                kept.Append(' ');
            }
            else if (c == '/' && i + 1 < sql.Length && sql[i + 1] == '*')
            {
                i = Found(sql.IndexOf("*/", i + 2, StringComparison.Ordinal), sql.Length) + 1;
                kept.Append(' ');
            }
            else
            {
                kept.Append(c);
            }
        }
        return kept.ToString();
    }

    static int Found(int at, int otherwise) => at < 0 ? otherwise : at;

    /// <summary>Place of the closing quote; a backslash or a doubled quote does not close.</summary>
    static int QuoteEnd(string sql, int open)
    {
        for (var i = open + 1; i < sql.Length; i++)
        {
            if (sql[i] == '\\') i++;
            else if (sql[i] == sql[open] && i + 1 < sql.Length && sql[i + 1] == sql[open]) i++;
            else if (sql[i] == sql[open]) return i;
        }
        return sql.Length;
    }
}
