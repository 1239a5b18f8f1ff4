using Andon.Detect.Sigma.Ast;
using Andon.Detect.Sigma.Parsing;
using Andon.Model;

namespace Andon.Detect.Sigma.Matching;

/// <summary>Any member of lists that may change: made anew when an event comes after a change, so rules need not be compiled again.</summary>
sealed class ListMatcher(ListTest test) : Matcher
{
    readonly LiveList[] lists = [.. test.Placeholders.Select(p => p.List ?? throw new InvalidOperationException($"The list '{p.Text}' is not there."))];
    volatile Made? made;

    public override int Cost => 20;

    public override bool Test(EventValues values, int cell)
    {
        var now = made;
        if (now is null || !now.IsOf(lists)) made = now = new(test, [.. lists.Select(l => l.Now)]);
        return now.Test(values, cell);
    }

    sealed class Made
    {
        readonly ListState[] states;
        readonly ExactSetMatcher exact;
        readonly Matcher[] others;

        public Made(ListTest test, ListState[] states)
        {
            this.states = states;
            var literals = new HashSet<byte[]>(Utf8Names.Instance);
            var rest = new List<Matcher>();
            foreach (var one in Placeholders.Fill(test, states))
                if (one is PatternTest { Cased: false, Pattern.Pieces: [{ Kind: PieceKind.Literal } literal] }) literals.Add(Fold.Bytes(literal.Text));
                else rest.AddRange(MatcherFactory.Make(one, _ => throw new InvalidOperationException("A list names no field.")));
            exact = new(literals);
            others = [.. rest.OrderBy(m => m.Cost)];
        }

        public bool IsOf(LiveList[] lists)
        {
            for (var i = 0; i < lists.Length; i++)
                if (!ReferenceEquals(lists[i].Now, states[i])) return false;
            return true;
        }

        public bool Test(EventValues values, int cell)
        {
            if (exact.Test(values, cell)) return true;
            foreach (var other in others)
                if (other.Test(values, cell)) return true;
            return false;
        }
    }
}
