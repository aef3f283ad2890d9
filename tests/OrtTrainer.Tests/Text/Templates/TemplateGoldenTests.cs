using System.Text.Json;
using OrtTrainer.Text;
using OrtTrainer.Text.Templates;

namespace OrtTrainer.Tests.Text.Templates;

/// <summary>
/// Templates of well-known models, and parts of the language by themselves, against what Jinja renders with the
/// settings of transformers; Goldens/make.py makes those.
/// </summary>
public sealed class TemplateGoldenTests
{
    private static readonly string Folder = Path.Combine(
        SharedFiles.RepositoryRoot, "tests", "OrtTrainer.Tests", "Text", "Templates", "Goldens");

    private static readonly JsonElement Goldens =
        JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "renderings.json"))).RootElement;

    private static IEnumerable<TestCaseData> Cases => Goldens.GetProperty("cases").EnumerateArray().Select(golden =>
        new TestCaseData(golden).SetArgDisplayNames(
            golden.GetProperty("template").GetString()!, golden.GetProperty("conversation").GetString()!,
            $"{golden.GetProperty("asks")}"));

    [TestCaseSource(nameof(Cases))]
    public void Text_is_that_of_Jinja(JsonElement golden)
    {
        string source = golden.GetProperty("source").GetString()
            ?? File.ReadAllText(Path.Combine(Folder, golden.GetProperty("template").GetString()!));
        string? expected = golden.GetProperty("text").GetString();

        if (expected is null)
        {
            Assert.That(Render, Throws.InstanceOf<TemplateException>());
        }
        else
        {
            Assert.That(Render(), Is.EqualTo(expected));
        }

        string Render() => Template.Parse(source).Render(NamesOf(golden)).Text;
    }

    private static List<KeyValuePair<string, object?>> NamesOf(JsonElement golden) =>
    [
        .. Goldens.GetProperty("tokens").EnumerateObject()
            .Select(token => KeyValuePair.Create(token.Name, ChatTemplate.ValueOf(token.Value))),
        new("tools", null),
        new("documents", null),
        new("add_generation_prompt", golden.GetProperty("asks").GetBoolean()),
        new("messages", ChatTemplate.ValueOf(
            Goldens.GetProperty("conversations").GetProperty(golden.GetProperty("conversation").GetString()!))),
    ];
}
