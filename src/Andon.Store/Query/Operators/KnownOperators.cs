using System.Collections.Frozen;

namespace Andon.Store.Query.Operators;

/// <summary>Operators of Kusto that Andon knows and does not offer: refused by name, with what to write instead.</summary>
internal static class KnownOperators
{
    public static readonly FrozenDictionary<string, string> Hints = new Dictionary<string, string>
    {
        ["externaldata"] = "A search reads nothing from the network; put the values into a datatable.",
        ["invoke"] = "Call the function by itself: f(T) with let f = (T:(*)) { … }.",
        ["facet"] = "Run one summarize for each column.",
        ["find"] = "Use search.",
        ["fork"] = "Run the searches one by one.",
        ["consume"] = "Use count.",
        ["partition"] = "Use summarize … by.",
        ["reduce"] = "Use summarize … by a shortened text.",
        ["scan"] = "Sequences are for correlation rules.",
        ["top-hitters"] = "Use summarize count() by …, then top.",
        ["top-nested"] = "Use summarize and top, level by level.",
        ["assert-schema"] = "Not offered.",
        ["execute_and_cache"] = "Not offered.",
        ["macro-expand"] = "Not offered.",
        ["make-graph"] = "Graphs are not offered.",
        ["graph-match"] = "Graphs are not offered.",
        ["graph-shortest-paths"] = "Graphs are not offered.",
        ["graph-to-table"] = "Graphs are not offered.",
    }.ToFrozenDictionary();
}
