using System.Security.Claims;
using Andon.Intake.Normalise;
using Andon.Intake.Sources.Silence;
using Andon.Model;
using Andon.Store.Records;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Intake.Sources;

static class ShowSource
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/sources/one", Handle).WithName("ShowSource").WithTags("Intake").RequireAuthorization(Policies.Read);
        api.MapGet("/sources/profile", Profile).WithName("ShowSourceProfile").WithTags("Intake").RequireAuthorization(Policies.Read);
    }

    static async Task<Results<Ok<SourceDetail>, NotFound<Finding>>> Handle(
        string id, Catalogue catalogue, Normaliser normaliser, IRecordLog log, TimeProvider clock, ClaimsPrincipal user, [Microsoft.AspNetCore.Mvc.FromServices] ICaseSight? sight, CancellationToken stop)
    {
        if (catalogue.One(id, clock.NowMs()) is not var (view, eventIds)) return TypedResults.NotFound(OwnSource.Unknown(id));
        var samples = new List<SourceSample>();
        foreach (var eventId in eventIds)
        {
            if (eventId.Position < log.First) continue; // Retention took the record.
            var records = await log.Read(eventId.Position, 1, Limits.FrameBytesMax, stop);
            if (records.Count == 0 || records[0].Position != eventId.Position) continue;
            // Parsed anew, so that the page shows what today's parsers make of it.
            using var batch = normaliser.Normalise(records);
            for (var i = 0; i < batch.Count; i++)
                if (batch[i].Id == eventId) samples.Add(EventJson.Sample(batch[i]));
        }
        SourceDetail detail;
        lock (catalogue.Gate) detail = Detail(catalogue.Find(id)!, view, samples, catalogue, clock.NowMs());
        return TypedResults.Ok(sight is null ? detail : detail with { Cases = [.. detail.Cases.Where(c => sight.Sees(user, c))] });
    }

    static SourceDetail Detail(Source source, SourceView view, IReadOnlyList<SourceSample> samples, Catalogue catalogue, long nowMs)
    {
        var subjects = new HashSet<string>(StringComparer.Ordinal) { Voice.KeyOf(SilenceScope.Source, source.Id) };
        foreach (var wider in source.Voice?.Within ?? []) subjects.Add(wider.Key);
        var (health, proof) = (source.Health, source.Card.Filtered.Length == 0);
        return new(view.SourceId, view.Name, view.Owner, view.Unit, view.Listener, view.Host, view.Dataset, view.FirstMs, view.LastMs,
            view.Events, view.Bytes, view.ParseFailures, view.PerMinute, view.Findings, samples)
        {
            Card = source.Card,
            Contract = source.Contract,
            Groups = view.Groups,
            Health = new(health.DelaySeconds, health.FailureShare, health.RepeatShare, health.Volume.Last, health.Volume.Expected, health.Shapes,
                [.. health.Counters.Tracks.Select(t => new SourceCounterView(t.Key, t.Value.Missing, t.Value.Restarts, proof) { Ranges = catalogue.RangesOf(source.Id, t.Key) })], health.Counters.Cleared),
            Alarms = [.. catalogue.Alarms.Open.Where(a => subjects.Contains(a.Body.SubjectId)).Select(a => new SourceAlarmView(a.Body, a.AtMs, a.Seq, null) { Judged = catalogue.Alarms.Judged(a.Body.AlarmId) }),
                .. catalogue.Alarms.Past.Where(p => subjects.Contains(p.Alarm.SubjectId)).Take(20).Select(p => new SourceAlarmView(p.Alarm, p.Alarm.SinceMs, 0, p.Recovered) { Judged = catalogue.Alarms.Judged(p.Alarm.AlarmId) })],
            Naming = Naming.Lint(source, catalogue.Sources),
            Blind = catalogue.BlindnessOf([source.Id], nowMs),
            Ailments = view.Ailments,
            Maintained = view.Maintained,
            Relay = view.Relay,
            LostEvents = view.LostEvents,
            Speakers = [.. (catalogue.SpeakersOf(source)?.All ?? []).OrderByDescending(s => s.Events).Select(s => new SourceSpeaker(s.Peer, s.FirstMs, s.LastMs, s.Events, s.Standing == Speaking.Known))],
            Certificates = [.. catalogue.CertificatesOf(subjects)],
            Maintenance = [.. catalogue.Maintenance.Where(m => subjects.Contains(m.SubjectId)).Reverse()],
            Cases = [.. source.Cases],
            Signals = source.Signals,
            Calendars = [.. catalogue.CalendarsOf(source)],
        };
    }

    static Results<Ok<SourceProfile>, NotFound<Finding>> Profile(string id, Catalogue catalogue, TimeProvider clock)
    {
        lock (catalogue.Gate)
        {
            if (catalogue.Find(id) is not { Voice: { } voice } source) return TypedResults.NotFound(OwnSource.Unknown(id));
            var (now, rhythm) = (clock.NowMs(), voice.Watch.Rhythm);
            var budget = catalogue.Voices.BudgetOf(voice);
            var calendar = voice.Calendar;
            var like = catalogue.Voices.LikeOf(voice, now);
            var young = rhythm.YoungLimit(budget, like);
            var limits = young is null ? rhythm.LimitsOf(budget, like) : (Within: double.PositiveInfinity, End: double.PositiveInfinity, Start: double.PositiveInfinity, LateMin: double.PositiveInfinity);
            var due = voice.Told ?? rhythm.Due(calendar, like, budget, now + 40 * Calendar.DayMs);
            return TypedResults.Ok(new SourceProfile(id, calendar.Zone, rhythm.Profile(like), new(Known(limits.Within), Known(limits.End), Known(limits.Start)), rhythm.Beats, rhythm.FirstMs,
                due?.ToldMs, due?.NotBegun ?? false, like is null ? null : voice.Within.FirstOrDefault(w => ReferenceEquals(w.Watch.Rhythm, like))?.Key, budget,
                young is { } y ? new(Known(y.Minutes), y.ByHour) : null));
        }
    }

    static double? Known(double limit) => double.IsFinite(limit) ? limit : null;
}
