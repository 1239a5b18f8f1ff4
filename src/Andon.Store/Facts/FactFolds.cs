using Andon.Model;

namespace Andon.Store.Facts;

/// <summary>The folds that follow a log. One that fails does not keep the others from a fact.</summary>
internal sealed class FactFolds
{
    readonly List<IFold> folds = [];

    public void Add(IFold fold) => folds.Add(fold);

    /// <summary>Gives facts to all folds; what went wrong first, or null.</summary>
    public FoldFailedException? Apply(IReadOnlyList<Fact> facts)
    {
        FoldFailedException? failed = null;
        foreach (var fact in facts)
            foreach (var fold in folds)
            {
                try
                {
                    fold.Apply(fact);
                }
                catch (Exception e)
                {
                    failed ??= new($"Fact {fact.Seq} ({FactTypes.NameOf(fact.Body)}) is stored; {fold.GetType().Name} could not take it in: {e.Message}", e);
                }
            }
        return failed;
    }
}
