using System.Text.Json.Nodes;

namespace OrtTrainer.Tests.Server;

/// <summary>The page in a real browser: every task, by keyboard alone, on narrow and wide windows.</summary>
public sealed class PageTests
{
    private const int Tab = 9, Enter = 13, Space = 32;

    private static readonly TestCaseData[] Tasks =
    [
        new("classification", new[] { "the star" }, ".best", "ENTY|HUM|NUM"),
        new("classification", new[] { "the star", "a book" }, ".best", "ENTY|HUM|NUM"),
        new("multi_label", new[] { "the star" }, ".best", "ENTY|HUM|NUM|No label applies."),
        new("regression", new[] { "the star" }, ".best", @"score -?\d+\.\d{3}"),
        new("token_classification", new[] { "who in paris ? the book" }, ".text", @"who.*book"),
        new("question_answering", new[] { "what is red ?", "the book is red ." }, ".text mark", ".+"),
        new("sentence_similarity", new[] { "the star", "a book" }, ".best", @"Similarity -?\d\.\d{3}"),
        new("sentence_similarity", new[] { "the star" }, ".best", "A vector of 16 values"),
        new("masked_lm", new[] { "the [MASK] is red" }, ".score", @"\S+\s+\d\.\d{3}"),
    ];

    private BrowserPage _page = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _page = await BrowserPage.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (_page is not null)
        {
            await _page.DisposeAsync();
        }
    }

    [TestCaseSource(nameof(Tasks))]
    public async Task A_text_is_typed_sent_by_a_key_and_its_answer_shown(
        string task, string[] texts, string element, string shown)
    {
        await using TestServer server = await TestServer.StartAsync(task);
        await _page.GoAsync(server.Server.Address, width: 1200);

        await AskAsync(_page, texts);

        Assert.That((string?)await _page.ValueAsync($"document.querySelector('#answer {element}').innerText"),
            Does.Match(shown));
        Assert.That(_page.Said, Is.Empty);
        Assert.That((string?)await _page.ValueAsync("document.querySelector('h1').textContent"),
            Is.EqualTo($"{server.ModelName}: {task.Replace('_', ' ')}"));
    }

    [TestCase(null, 0)]
    [TestCase("answer", 1)]
    public async Task A_second_field_stands_open_for_a_model_that_was_trained_on_pairs_and_is_not_there_for_others(
        string? pairColumn, int seconds)
    {
        await using TestServer server = await TestServer.StartAsync(run: new()
        {
            Model = "m", Output = "o", Data = new() { Train = "t.csv", PairColumn = pairColumn },
        });
        await _page.GoAsync(server.Server.Address, width: 1200);

        await AskAsync(_page, seconds == 0 ? ["the star"] : ["the star", "a book"]);

        Assert.That((int?)await _page.ValueAsync("document.querySelectorAll('#fields textarea').length"),
            Is.EqualTo(1 + seconds));
        Assert.That((int?)await _page.ValueAsync("document.querySelectorAll('#fields details').length"), Is.Zero);
        Assert.That((string?)await _page.ValueAsync("document.querySelector('.best').innerText"),
            Does.Match("ENTY|HUM|NUM"));
    }

    [Test]
    public async Task A_second_field_is_folded_away_where_nothing_says_what_the_model_reads()
    {
        await using TestServer server = await TestServer.StartAsync();
        await _page.GoAsync(server.Server.Address, width: 1200);
        await _page.UntilAsync("document.activeElement.tagName === 'TEXTAREA'");

        Assert.That((bool?)await _page.ValueAsync("document.querySelector('#fields details').open"), Is.False);
        Assert.That((string?)await _page.ValueAsync("document.querySelector('#fields summary').textContent"),
            Is.EqualTo("Second text"));
    }

    [TestCase(400, false)]
    [TestCase(400, true)]
    [TestCase(1200, false)]
    [TestCase(1200, true)]
    public async Task Nothing_sticks_out_and_letters_stand_out_from_their_ground(int width, bool dark)
    {
        await using TestServer server = await TestServer.StartAsync("question_answering");
        await _page.GoAsync(server.Server.Address, width, dark);

        await AskAsync(_page, ["what ?", $"the {new string('x', 300)} book is red . " + new string('w', 200)]);

        Assert.That((int?)await _page.ValueAsync("document.documentElement.scrollWidth"), Is.LessThanOrEqualTo(width));
        Assert.That((double?)await _page.ValueAsync(
            """
            (() => {
              const light = color => {
                const [r, g, b] = color.match(/\d+/g).slice(0, 3).map(v => v / 255)
                  .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
                return 0.2126 * r + 0.7152 * g + 0.0722 * b;
              };
              const ground = node => {
                for (; node; node = node.parentElement) {
                  const color = getComputedStyle(node).backgroundColor;
                  if (!/, 0\)$/.test(color)) return color;
                }
                return "rgb(255, 255, 255)";
              };
              const all = "h1, h2, p, label, small, textarea, button, mark, b, .best";
              return Math.min(...[...document.querySelectorAll(all)]
                .filter(node => node.textContent || node.value).map(node => {
                  const pair = [light(getComputedStyle(node).color), light(ground(node))].sort((a, b) => b - a);
                  return (pair[0] + 0.05) / (pair[1] + 0.05);
                }));
            })()
            """), Is.GreaterThan(4.5), "WCAG 2.2, 1.4.3");
        bool isDark = (bool)(await _page.ValueAsync("matchMedia('(prefers-color-scheme: dark)').matches"))!;
        Assert.That(isDark, Is.EqualTo(dark));
        Assert.That(_page.Said, Is.Empty);
    }

    [Test]
    public async Task What_is_typed_is_shown_as_text_whatever_it_looks_like()
    {
        const string markup = "<img src=x onerror=\"document.title='run'\"><b>the book</b> 😀 is";
        await using TestServer server = await TestServer.StartAsync("question_answering");
        await _page.GoAsync(server.Server.Address, width: 1200);

        await AskAsync(_page, ["what ?", markup]);

        Assert.That(
            (int?)await _page.ValueAsync("document.querySelectorAll('#answer img, #answer .text b').length"), Is.Zero);
        Assert.That((string?)await _page.ValueAsync("document.querySelector('#answer .text').textContent"),
            Is.EqualTo(markup));
        string json = (string)(await _page.ValueAsync("document.querySelector('#json').textContent"))!;
        JsonNode raw = JsonNode.Parse(json)!;
        Assert.That((string?)await _page.ValueAsync("document.querySelector('#answer mark').textContent"),
            Is.EqualTo((string?)raw["answer"]));
        Assert.That((string?)await _page.ValueAsync("document.title"),
            Is.EqualTo($"{server.ModelName}: question answering"));
    }

    [Test]
    public async Task A_failure_is_told_and_the_page_goes_on()
    {
        await using TestServer server = await TestServer.StartAsync(serving: new() { MaxCharacters = 10 });
        await _page.GoAsync(server.Server.Address, width: 400);

        await SendAsync(_page, ["much too long for this server"]);
        await _page.UntilAsync("document.querySelector('#error').textContent.includes('at most 10 are taken')");
        await _page.ValueAsync("document.querySelector('textarea').value = ''");
        await AskAsync(_page, ["star"]);

        Assert.That((string?)await _page.ValueAsync("document.querySelector('#error').textContent"), Is.Empty);
    }

    [Test]
    public async Task A_server_that_asks_for_a_key_is_given_one()
    {
        await using TestServer server = await TestServer.StartAsync(serving: new() { ApiKey = "s3cret" });
        await _page.GoAsync(server.Server.Address, width: 400);
        await _page.UntilAsync("!document.querySelector('#key').hidden && !document.querySelector('#ask').disabled");
        await _page.TypeAsync("s3cret");
        await _page.PressAsync("Enter", Enter, control: true);

        await AskAsync(_page, ["star"]);

        Assert.That((string?)await _page.ValueAsync("document.querySelector('.best').textContent"),
            Does.Match("ENTY|HUM|NUM"));
    }

    [Test]
    public async Task The_page_may_load_nothing_from_elsewhere()
    {
        await using TestServer server = await TestServer.StartAsync();
        using HttpResponseMessage answer = await server.Client.GetAsync("/");
        string policy = answer.Headers.GetValues("Content-Security-Policy").Single();

        Assert.That(policy,
            Does.StartWith("default-src 'none'; script-src 'sha256-").And.Contain("connect-src 'self'"));
        Assert.That(policy, Does.Not.Contain("unsafe"));
        Assert.That(await answer.Content.ReadAsStringAsync(), Does.Not.Contain("http://www.example").And
            .Not.Contain("https://").And.Not.Contain("innerHTML"));
    }

    private static async Task AskAsync(BrowserPage page, string[] texts)
    {
        await SendAsync(page, texts);
        await page.UntilAsync(
            "document.querySelector('#answer').children.length > 0 && !document.querySelector('#raw').hidden");
    }

    // The first field has the focus; the next is a tab away, perhaps behind what unfolds it.
    private static async Task SendAsync(BrowserPage page, string[] texts)
    {
        await page.UntilAsync(
            "document.activeElement.tagName === 'TEXTAREA' && !document.querySelector('#ask').disabled");
        for (int i = 0; i < texts.Length; i++)
        {
            if (i > 0)
            {
                await page.PressAsync("Tab", Tab);
                if ((bool)(await page.ValueAsync("document.activeElement.tagName === 'SUMMARY'"))!)
                {
                    await page.PressAsync(" ", Space);
                    await page.PressAsync("Tab", Tab);
                }
            }

            await page.TypeAsync(texts[i]);
        }

        await page.PressAsync("Enter", Enter, control: true);
    }
}
