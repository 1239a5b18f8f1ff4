using System.Net;
using System.Text.Json;
using Andon.Model;
using Andon.Triage.Cases.Work;

namespace Andon.Tests.Casework;

public sealed class TaskTests
{
    static string[] Ids(JsonElement tasks) => [.. tasks.GetProperty("tasks").EnumerateArray().Select(t => t.GetProperty("taskId").GetString()!)];

    [Fact]
    public async Task Many_tasks_are_added_and_moved_in_one_call_and_each_is_a_fact_of_its_own()
    {
        await using var house = await WorkHouse.Open();
        var id = await house.Report("Odd sign-in", ("user", "eva"));
        var added = await house.Post($"/api/cases/{id}/tasks", new { tasks = new[] { new { title = "Ask her", group = "Identify" }, new { title = "End sessions", group = "Contain" }, new { title = "Look again", group = "Validate" } } });
        Assert.Equal(3, added.GetProperty("total").GetInt32());
        var ids = Ids(added);

        await house.Post($"/api/cases/{id}/tasks/state", new { taskIds = ids[..2], to = "done", why = "" });
        Assert.Equal(["TRI512"], await house.Codes($"/api/cases/{id}/tasks/state", new { taskIds = ids[2..], to = "dropped", why = " " }));
        var last = await house.Post($"/api/cases/{id}/tasks/state", new { taskIds = ids, to = "dropped", why = "it was a drill" });
        Assert.Equal((3, 3), (last.GetProperty("done").GetInt32(), last.GetProperty("total").GetInt32()));
        Assert.Equal(["done", "dropped"], last.GetProperty("tasks")[0].GetProperty("moves").EnumerateArray().Select(m => m.GetProperty("to").GetString()));

        var facts = await house.Facts.ReadSubject(id, 1000, default);
        Assert.Equal(3, facts.Count(f => f.Body is TaskAdded));
        Assert.Equal(5, facts.Count(f => f.Body is TaskMoved));
        var card = (await house.Get("/api/board")).GetProperty("lanes")[0].GetProperty("cards")[0];
        Assert.Equal((3, 3), (card.GetProperty("tasksDone").GetInt32(), card.GetProperty("tasksTotal").GetInt32()));
    }

    [Fact]
    public async Task All_that_is_wrong_with_many_tasks_is_said_at_once_and_nothing_is_added()
    {
        await using var house = await WorkHouse.Open();
        var id = await house.Report("Odd sign-in");
        Assert.Equal(["TRI507", "TRI510", "TRI515"], (await house.Codes($"/api/cases/{id}/tasks", new { template = "nope", tasks = new object[] { new { title = "" }, new { title = "late", dueMs = -4 } } })).Order());
        Assert.Equal(["TRI514"], await house.Codes($"/api/cases/{id}/tasks", new { }));
        Assert.Equal(["TRI513"], await house.Codes($"/api/cases/{id}/tasks/state", new { taskIds = new[] { "nowhere" }, to = "done" }));
        Assert.Equal(0, (await house.Get($"/api/cases/{id}/tasks")).GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task A_template_of_the_house_fits_by_domain_wins_over_the_bundled_one_and_is_offered_once()
    {
        await using var house = await WorkHouse.Open();
        var folder = Directory.CreateDirectory(Path.Combine(house.Data.FullName, "triage", "templates"));
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "own.yml"), "id: phishing\nname: Our mails\nwhen: {domains: [endpoint]}\ntasks:\n  - {title: First, due: 2h}\n  - Second\n");
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "bad.yml"), "name: No id\ntasks: [{group: x}, {title: a, due: soon}]\nfields: [{id: q, kind: rune}]\n");
        var id = await house.Report("Something");
        var before = await house.Get($"/api/cases/{id}/tasks");
        Assert.Equal("Our mails", Assert.Single(before.GetProperty("templates").EnumerateArray()).GetProperty("name").GetString());
        Assert.Equal(["TRI501", "TRI503", "TRI504", "TRI505"], before.GetProperty("findings").EnumerateArray().Select(f => f.GetProperty("code").GetString()).Order());

        var after = await house.Post($"/api/cases/{id}/tasks", new { template = "phishing" });
        Assert.Equal(["First", "Second"], after.GetProperty("tasks").EnumerateArray().Select(t => t.GetProperty("title").GetString()));
        Assert.Empty(after.GetProperty("templates").EnumerateArray());
        Assert.False(after.GetProperty("tasks")[0].GetProperty("overdue").GetBoolean());
        house.Clock.Advance(TimeSpan.FromHours(3));
        Assert.True((await house.Get($"/api/cases/{id}/tasks")).GetProperty("tasks")[0].GetProperty("overdue").GetBoolean());
    }

    [Fact]
    public void Every_bundled_template_state_and_clock_is_without_findings()
    {
        var content = Path.Combine(SharedData.RepositoryRoot, "content");
        var templates = new TemplateBook(content, null).Read();
        Assert.Empty(templates.Findings);
        Assert.True(templates.Templates.Count >= 3, "The bundled templates were not found.");
        Assert.Empty(StateBook.Load(content).Findings);
        Assert.NotEmpty(StateBook.Load(content).Choices);
        Assert.Empty(ClockBook.Load(content).Findings);
        Assert.NotEmpty(ClockBook.Load(content).Rules);
    }

    [Fact]
    public async Task A_report_answers_what_its_template_asks_for()
    {
        await using var house = await WorkHouse.Open();
        Assert.Equal(["/fields/account", "/fields/host", "/fields/noticed"], (await house.Post("/api/cases", new { title = "Taken", template = "account-taken", fields = new { from = "203.0.113.9" } }, HttpStatusCode.BadRequest))
            .GetProperty("findings").EnumerateArray().Select(f => f.GetProperty("place").GetString()));
        var made = await house.Post("/api/cases", new { title = "Taken", template = "account-taken", fields = new { account = "Eva", host = "WS07", noticed = "10:42" } });
        Assert.Equal("Eva", made.GetProperty("work").GetProperty("fields").GetProperty("account").GetString());
        Assert.Equal(["eva", "ws07"], made.GetProperty("card").GetProperty("entities").EnumerateArray().Select(e => e.GetProperty("value").GetString()).Order());
    }
}
