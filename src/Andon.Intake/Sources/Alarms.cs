using Andon.Model;

namespace Andon.Intake.Sources;

/// <summary>An alarm that stands.</summary>
sealed record OpenAlarm(SourceAlarmed Body, long Seq, long AtMs);

/// <summary>Which alarms stand; a fold over facts. An alarm that stood and ended is not raised again for the same time, however often records are read.</summary>
sealed class Alarms
{
    readonly Dictionary<(string Subject, SourceAilment Ailment), OpenAlarm> open = [];
    readonly Dictionary<(string Subject, SourceAilment Ailment), long> ended = [];
    readonly LinkedList<(SourceAlarmed Alarm, SourceRecovered Recovered)> past = [];

    public IReadOnlyCollection<OpenAlarm> Open => open.Values;
    /// <summary>The last that ended, newest first.</summary>
    public IEnumerable<(SourceAlarmed Alarm, SourceRecovered Recovered)> Past => past;

    readonly Dictionary<string, AlarmJudgement> judged = new(StringComparer.Ordinal);
    readonly Queue<string> judgedOrder = new();

    /// <summary>What people said it was; null while nobody said.</summary>
    public AlarmJudgement? Judged(string alarmId) => judged.GetValueOrDefault(alarmId);

    public OpenAlarm? Find(string subject, SourceAilment ailment) => open.GetValueOrDefault((subject, ailment));

    public OpenAlarm? Find(string alarmId) => open.Values.FirstOrDefault(a => a.Body.AlarmId == alarmId);

    public bool IsNews(string subject, SourceAilment ailment, long sinceMs) =>
        !open.ContainsKey((subject, ailment)) && ended.GetValueOrDefault((subject, ailment), long.MinValue) < sinceMs;

    public void Apply(Fact fact)
    {
        switch (fact.Body)
        {
            case SourceAlarmed f:
                open[(f.SubjectId, f.Ailment)] = new(f, fact.Seq, fact.AtMs);
                break;
            case SourceAlarmJudged f:
                if (judged.TryAdd(f.AlarmId, new(f.Normal, f.Why, fact.Actor, fact.AtMs))) judgedOrder.Enqueue(f.AlarmId);
                else judged[f.AlarmId] = new(f.Normal, f.Why, fact.Actor, fact.AtMs);
                if (judgedOrder.Count > 2 * Limits.PastAlarmsKept) judged.Remove(judgedOrder.Dequeue());
                break;
            case SourceRecovered f:
                if (open.Remove((f.SubjectId, f.Ailment), out var was)) past.AddFirst((was.Body, f));
                if (past.Count > Limits.PastAlarmsKept) past.RemoveLast();
                ended[(f.SubjectId, f.Ailment)] = f.UntilMs;
                break;
        }
    }
}

/// <summary>What a person said an alarm was.</summary>
/// <param name="Normal">A false alarm: so the source is at times.</param>
public sealed record AlarmJudgement(bool Normal, string Why, string Actor, long AtMs);
