using Andon.Model;

namespace Andon.Detect.Stage;

/// <summary>
/// How many hits each rule has made in a batch. A rule that has made enough goes on only for hosts, users and addresses that it has not
/// met in this batch: who floods a rule from one machine must not hide what he does on another.
/// </summary>
sealed class BatchShare(int rules)
{
    static readonly FieldId[] Whom = [Ecs.HostName, Ecs.UserName, Ecs.UserTargetName, Ecs.SourceIp, Ecs.DestinationIp];

    readonly int[] matched = new int[rules];
    readonly int[] left = new int[rules];
    readonly int[] late = new int[rules];
    // Of all rules together: a storm is of few rules, and a set for each would cost more than it holds.
    readonly HashSet<(int, int)> met = [];

    /// <summary>Matches without a hit, of all rules.</summary>
    public long Left { get; private set; }

    public void Begin()
    {
        if (Left > 0) Array.Clear(left);
        Left = 0;
        Array.Clear(matched);
        Array.Clear(late);
        met.Clear();
    }

    /// <summary>True where the match makes a hit.</summary>
    public bool May(int rule, EventView view)
    {
        var first = matched[rule]++ < Limits.HitsPerRuleAndBatchMax;
        var other = met.Add(Key(rule, view));
        if (first || (other && late[rule]++ < Limits.NewHitsPerRuleAndBatchMax)) return true;
        left[rule]++;
        Left++;
        return false;
    }

    /// <summary>The rule that was cut most: its index, its matches, those without a hit; and how many rules were cut.</summary>
    public (int Rule, int Matched, int Left, int Rules) Most()
    {
        var most = 0;
        for (var i = 1; i < left.Length; i++)
            if (left[i] > left[most]) most = i;
        return (most, matched[most], left[most], left.Count(l => l > 0));
    }

    // Two hashes with beginnings of their own: one of 32 bits would take one in a million for another's.
    static (int, int) Key(int rule, EventView view)
    {
        HashCode one = new(), two = new();
        one.Add(rule);
        two.Add(~rule);
        foreach (var field in Whom)
        {
            if (view.TryGet(field, out var value))
            {
                one.AddBytes(value);
                two.AddBytes(value);
            }
            one.Add(field.Value);
            two.Add(field.Value);
        }
        return (one.ToHashCode(), two.ToHashCode());
    }
}
