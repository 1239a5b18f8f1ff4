using System.Net;
using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Operators;
using static Andon.Store.Query.Slices.NothingKind;

namespace Andon.Store.Query.Slices;

/// <summary>
/// Nothing was found because of a mask: a value in clear was asked for where pseudonyms stand, or the other way round – a link made behind
/// the mask and opened by someone who sees the values.
/// </summary>
static class WhyMasked
{
    const string ToClear = "Follow the pseudonym from a row, or choose See in clear: with a reason, which is written down.";

    /// <param name="mask">What is masked to whoever asked; null: nothing.</param>
    /// <param name="house">What is masked to some people of this house.</param>
    public static Nothing? Of(Statement statement, Mask? mask, Mask? house)
    {
        if ((mask ?? house) is not { } any) return null;
        foreach (var step in Steps(statement))
        {
            if (step is Search { Test: var words } && mask is not null && Values(words).Any(v => !IsPseudonym(v)))
                return new(Masked, Tables.RawName, $"Masked to you: {string.Join(", ", mask.Fields)}. The raw record and the message are withheld, so words are not looked for in them.", ToClear, null, 0);
            if (step is not Where { Test: var test }) continue;
            foreach (var part in Parts(test))
            {
                var values = Values(part).ToList();
                foreach (var field in Fields(part))
                {
                    var covered = any.Covers(field);
                    if (mask is not null && (covered || field is Tables.RawName or "message") && values.Find(v => !IsPseudonym(v)) is not null)
                        return new(Masked, field, covered ? $"Masked to you: {field} holds pseudonyms, so no value in clear is found in it." : $"Masked to you: {field} is withheld, so nothing is found in it.", ToClear, null, 0);
                    if (mask is null && covered && values.Find(IsPseudonym) is { } pseudonym)
                        return new(Masked, field, $"{pseudonym} is a pseudonym of {field}, from someone to whom it is masked. You see the values themselves.", "Ask for the value; a pseudonym cannot be turned back into one.", null, 0);
                }
            }
        }
        return null;
    }

    static IEnumerable<Operator> Steps(Statement statement) =>
        (statement.Body.Source is SearchSource { Search: var search } ? new[] { search } : []).Concat(statement.Body.Operators.TakeWhile(o => o.KeepsRows));

    static IEnumerable<Expr> Parts(Expr test) => test is Binary { Operator: "and" or "or" } both ? Parts(both.Left).Concat(Parts(both.Right)) : [test];

    static IEnumerable<string> Fields(Expr of) => of is Name name ? [name.Text] : Inside(of).SelectMany(Fields);

    static IEnumerable<string> Values(Expr of) => of switch
    {
        Literal { Value: string { Length: > 0 } text } => [text],
        _ => Inside(of).SelectMany(Values),
    };

    static IEnumerable<Expr> Inside(Expr of) => of switch
    {
        Binary b => [b.Left, b.Right],
        InList l => [l.Left, .. l.Items],
        Between b => [b.Of, b.Low, b.High],
        Call c => c.Arguments,
        Member m => [m.Of],
        Ast.Index i => [i.Of, i.By],
        _ => [],
    };

    /// <summary>As it was made (<see cref="Mask"/>): a word, or an address of fd00::/8.</summary>
    static bool IsPseudonym(string value) => Mask.IsPseudonym(value) || (value.Contains(':', StringComparison.Ordinal) && IPAddress.TryParse(value, out var address) && address.GetAddressBytes()[0] == 0xFD);
}
