namespace Andon.Triage.Board;

/// <summary>Names in a note: <c>@anna</c>. An address such as anna@example.org names nobody.</summary>
internal static class Mentions
{
    const int NamesMax = 20;

    public static IReadOnlyList<string> In(string text)
    {
        var found = new List<string>();
        for (var i = text.IndexOf('@', StringComparison.Ordinal); i >= 0 && found.Count < NamesMax; i = text.IndexOf('@', i + 1))
        {
            if (i > 0 && (char.IsLetterOrDigit(text[i - 1]) || text[i - 1] is '.' or '_' or '-')) continue;
            var end = i + 1;
            while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '.' or '_' or '-')) end++;
            var name = text[(i + 1)..end].TrimEnd('.', '-');
            if (name.Length > 0 && !found.Contains(name, StringComparer.OrdinalIgnoreCase)) found.Add(name);
        }
        return found;
    }
}
