using System.Globalization;
using Andon.Model;
using Andon.Store.Facts;

namespace Andon.Store.Keep.Retention;

/// <summary>A class by its name.</summary>
public sealed record RetentionClass(string ClassId, RetentionTerms Terms);

/// <summary>A hold that stands.</summary>
public sealed record LegalHold(string HoldId, string Why, HoldScope Scope, string PlacedBy, long PlacedMs);

/// <summary>A deletion, planned and, when it took place, proven.</summary>
public sealed record DeletionProof(long PlannedFact, long AtMs, DeletionPlanned Plan, DeletionProven? Proof);

/// <summary>Classes, holds, deletions, seals: what the facts say of keeping.</summary>
sealed class RetentionBook : IFold
{
    /// <summary>Classes that are always there: what no other class takes, the alerts, and the raw records.</summary>
    public const string Default = "default", Alerts = "alerts", Records = "records";
    const int ProofsKept = 5000;

    static readonly RetentionTerms Endless = new(int.MaxValue, null, null, [], [], [], "");

    readonly Lock gate = new();
    readonly Dictionary<string, RetentionTerms> classes = new(StringComparer.Ordinal)
    {
        [Default] = Endless, [Alerts] = Endless, [Records] = Endless with { Days = 7 },
    };
    readonly Dictionary<string, LegalHold> holds = new(StringComparer.Ordinal);
    readonly Dictionary<string, DeletionProof> deletions = new(StringComparer.Ordinal);
    readonly Dictionary<string, long> sealedTo = new(StringComparer.Ordinal), deletedTo = new(StringComparer.Ordinal);

    public static bool IsBuiltIn(string classId) => classId is Default or Alerts or Records;

    public void Apply(Fact fact)
    {
        lock (gate)
        {
            switch (fact.Body)
            {
                case RetentionStated { After: { } after } f: classes[f.ClassId] = after; break;
                case RetentionStated f: classes.Remove(f.ClassId); break;
                case HoldPlaced f: holds[f.HoldId] = new(f.HoldId, f.Why, f.Scope, fact.Actor, fact.AtMs); break;
                case HoldReleased f: holds.Remove(f.HoldId); break;
                case DeletionPlanned f:
                    deletions[f.DeletionId] = new(fact.Seq, fact.AtMs, f, null);
                    if (deletions.Count > ProofsKept && deletions.Values.Where(d => d.Proof is not null).MinBy(d => d.PlannedFact) is { } oldest) deletions.Remove(oldest.Plan.DeletionId);
                    break;
                case DeletionProven f when deletions.TryGetValue(f.DeletionId, out var planned): deletions[f.DeletionId] = planned with { Proof = f }; break;
                case SegmentSealed f: sealedTo[f.Log] = f.Next; break;
                case RecordsDeleted f: deletedTo[f.Log] = f.Next; break;
            }
        }
    }

    /// <summary>All classes, those asked first first.</summary>
    public IReadOnlyList<RetentionClass> Classes
    {
        get { lock (gate) return [.. classes.Select(c => new RetentionClass(c.Key, c.Value)).OrderBy(c => c.Terms.Order).ThenBy(c => c.ClassId, StringComparer.Ordinal)]; }
    }

    public RetentionTerms? Find(string classId) { lock (gate) return classes.GetValueOrDefault(classId); }

    public IReadOnlyList<LegalHold> Holds { get { lock (gate) return [.. holds.Values.OrderBy(h => h.PlacedMs)]; } }

    /// <summary>The newest deletions, newest first.</summary>
    public IReadOnlyList<DeletionProof> Deletions(int max) { lock (gate) return [.. deletions.Values.OrderByDescending(d => d.PlannedFact).Take(max)]; }

    /// <summary>A deletion of that table, class and day whose proof is still owed.</summary>
    public DeletionPlanned? Owed(string table, string classId, string day)
    {
        lock (gate) return deletions.Values.Where(d => d.Proof is null && d.Plan.Table == table && d.Plan.ClassId == classId && d.Plan.Day == day).MaxBy(d => d.PlannedFact)?.Plan;
    }

    public IReadOnlyList<DeletionPlanned> AllOwed { get { lock (gate) return [.. deletions.Values.Where(d => d.Proof is null).Select(d => d.Plan)]; } }

    public long SealedTo(string log) { lock (gate) return sealedTo.GetValueOrDefault(log); }
    public long DeletedTo(string log) { lock (gate) return deletedTo.GetValueOrDefault(log); }

    public static string DayText(uint day) => string.Create(CultureInfo.InvariantCulture, $"{day / 10000:D4}-{day / 100 % 100:D2}-{day % 100:D2}");
}
