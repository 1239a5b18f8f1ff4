namespace Andon.Store.Query.Compilation;

/// <summary>A question to the data, asked before a query can be compiled: one text column.</summary>
internal sealed record Question(string Sql, IReadOnlyDictionary<string, string> Parameters);

/// <summary>
/// pivot and bag_unpack without a schema have the columns that the data has; make-series without a range has its range. The compiler then asks, the runtime answers with a first
/// bounded query, and the whole is compiled anew with the answer. Compiling is the same each time, so a question's text is its name.
/// </summary>
internal sealed class Questions
{
    readonly Dictionary<string, IReadOnlyList<string>> known = [];

    /// <summary>The question that must be answered before the query can be compiled.</summary>
    public Question? Open { get; private set; }
    public int Answered => known.Count;

    /// <summary>The names, or null when they are not known yet.</summary>
    public IReadOnlyList<string>? Ask(string sql, Parameters parameters)
    {
        if (known.TryGetValue(sql, out var names)) return names;
        Open ??= new(sql, new Dictionary<string, string>(parameters.Values));
        return null;
    }

    public void Answer(IEnumerable<string> names)
    {
        if (Open is null) throw new InvalidOperationException("No question is open.");
        known[Open.Sql] = [.. names.Order(StringComparer.Ordinal)];
        Open = null;
    }
}
