namespace Andon.Store.Query;

/// <summary>What an editor asks: the text and where the caret stands, in UTF-16 units.</summary>
public sealed record CompletionAsk(string Text, int Caret);

/// <param name="Text">What is put in.</param>
/// <param name="Kind">table, column, operator, function, aggregate, relation, word, name (of a let) or value.</param>
/// <param name="Detail">Type of a column, signature of a function.</param>
public sealed record CompletionItem(string Text, string Kind, string Detail, string Meaning);

/// <summary>What stands under the caret.</summary>
public sealed record HoverText(int From, int To, string Title, string Meaning);

/// <summary>What can stand at the caret, put in place of the text between From and To.</summary>
public sealed record CompletionAnswer(int From, int To, IReadOnlyList<CompletionItem> Items, HoverText? Hover);
