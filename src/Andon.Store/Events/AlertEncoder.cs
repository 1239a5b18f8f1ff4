using Andon.Model;

namespace Andon.Store.Events;

/// <summary>Turns hits into the alerts table's columns. A flood of hits is an attack as often as a bad rule, so it writes without a string between.</summary>
sealed class AlertEncoder : IDisposable
{
    static readonly string[] Levels = Words<Level>(), Queues = Words<RuleQueue>(), Roles = Words<EntityRole>();

    readonly NativeBlock block = new(EventTables.Alerts);
    readonly FixedColumn eventId, timestamp, detected, position, place;
    readonly TextColumn rule, title, author, level, queue, source;
    readonly TextArrayColumn tags, entities, roles;
    readonly MapColumn fields;
    readonly NumberArrayColumn contributing;

    public AlertEncoder()
    {
        var names = EventTables.Alerts.Stored.Select(c => c.Name).ToList();
        (eventId, timestamp, detected, position, place) = (Column<FixedColumn>("event_id"), Column<FixedColumn>("timestamp"), Column<FixedColumn>("detected"), Column<FixedColumn>("block"), Column<FixedColumn>("number"));
        (rule, title, author) = (Column<TextColumn>("rule_id"), Column<TextColumn>("title"), Column<TextColumn>("author"));
        (level, queue, source) = (Column<TextColumn>("level"), Column<TextColumn>("queue"), Column<TextColumn>("source_id"));
        (tags, entities, roles) = (Column<TextArrayColumn>("tags"), Column<TextArrayColumn>("entities"), Column<TextArrayColumn>("entity_roles"));
        (fields, contributing) = (Column<MapColumn>("fields"), Column<NumberArrayColumn>("contributing"));

        T Column<T>(string name) where T : NativeColumn => (T)block.Columns[names.IndexOf(name)];
    }

    public NativeBlock Block => block;
    public int Rows => block.Rows;

    public static long TimeOf(Hit hit) => Math.Clamp(hit.TimeMs, EventLimits.TimeMsMin, EventLimits.TimeMsMax);

    public void Add(Hit hit, ulong blockPosition, int number)
    {
        eventId.Add(hit.Event.Value);
        timestamp.Add(TimeOf(hit));
        detected.Add(Math.Clamp(hit.DetectedMs, EventLimits.TimeMsMin, EventLimits.TimeMsMax));
        rule.Add(hit.RuleId);
        title.Add(hit.Title);
        author.Add(hit.Author);
        level.Add(Levels[(int)hit.Level]);
        queue.Add(Queues[(int)hit.Queue]);
        for (var i = 0; i < hit.Tags.Count; i++) tags.Add(hit.Tags[i]);
        tags.EndRow();
        source.Add(hit.SourceId);
        for (var i = 0; i < hit.Entities.Count; i++)
        {
            entities.Add(hit.Entities[i].Key);
            roles.Add(Roles[(int)hit.Entities[i].Role]);
        }
        entities.EndRow();
        roles.EndRow();
        foreach (var (name, value) in hit.Fields) fields.Add(name, value);
        fields.EndRow();
        for (var i = 0; i < hit.Contributing.Count; i++) contributing.Add(hit.Contributing[i].Value);
        contributing.EndRow();
        position.Add(blockPosition);
        place.Add((ulong)number);
        block.Rows++;
    }

    public void Clear() => block.Clear();
    public void Dispose() => block.Dispose();

    static string[] Words<T>() where T : struct, Enum => [.. Enum.GetNames<T>().Select(n => char.ToLowerInvariant(n[0]) + n[1..])];
}
