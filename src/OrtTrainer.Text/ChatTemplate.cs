using System.Text.Json;
using OrtTrainer.Text.Loading;
using OrtTrainer.Text.Templates;
using OrtTrainer.Text.Templates.Values;

namespace OrtTrainer.Text;

/// <summary>
/// How a conversation becomes the text that a model was trained on: chat_template.jinja of its folder, or
/// chat_template of its tokenizer_config.json. Safe to use from several threads.
/// </summary>
internal sealed class ChatTemplate
{
    private const string FileName = "chat_template.jinja";
    private const string FieldName = "chat_template";
    private const string Usual = "default";

    private static readonly string[] Roles =
        ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"];

    private readonly string _source;
    private readonly Lazy<Template> _template;
    private readonly List<KeyValuePair<string, object?>> _names;

    private ChatTemplate(string source, Func<string> text, TokenizerSettings settings)
    {
        _source = source;
        _template = new(() => Template.Parse(text()));
        _names =
        [
            .. Roles.Select(role => KeyValuePair.Create(role, (object?)settings.Token(role)))
                .Where(role => role.Value is not null),
            new("tools", null),
            new("documents", null),
        ];
    }

    /// <summary>The template of a folder; null where it has none. It is read when it is first used.</summary>
    public static ChatTemplate? Read(string folder, TokenizerSettings settings)
    {
        string file = Path.Combine(folder, FileName);
        return File.Exists(file) ? new(file, () => File.ReadAllText(file), settings)
            : settings.Field(FieldName) is { } field ? new(field.Place, () => TextOf(field), settings)
            : null;
    }

    /// <summary>A message as templates see it.</summary>
    public static Mapping Message(string role, string content) => new() { ["role"] = role, ["content"] = content };

    /// <summary>A JSON value as templates see it.</summary>
    public static object? ValueOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => element.TryGetInt64(out long number) ? number : element.GetDouble(),
        JsonValueKind.Array => new List<object?>(element.EnumerateArray().Select(ValueOf)),
        JsonValueKind.Object => new Mapping(
            element.EnumerateObject().Select(field => KeyValuePair.Create(field.Name, ValueOf(field.Value)))),
        _ => null,
    };

    /// <summary>The text of a conversation.</summary>
    /// <param name="messages">Its messages, each with a role and a content.</param>
    /// <param name="asksForAnswer">Whether the beginning of an answer follows (add_generation_prompt).</param>
    /// <exception cref="InvalidDataException">The template cannot be read, or refuses the conversation.</exception>
    public RenderedText Render(IEnumerable<Mapping> messages, bool asksForAnswer)
    {
        try
        {
            return _template.Value.Render(
            [
                .. _names,
                new("messages", new List<object?>(messages)),
                new("add_generation_prompt", asksForAnswer),
            ]);
        }
        catch (TemplateException failure)
        {
            throw new InvalidDataException($"{_source}: {failure.Message}", failure);
        }
    }

    private static string TextOf(JsonField field)
    {
        if (field.Kind == JsonValueKind.String)
        {
            return field.Text();
        }

        foreach (JsonField named in field.Items())
        {
            if (named.Required("name").Text() == Usual)
            {
                return named.Required("template").Text();
            }
        }

        throw field.Fail($"has no template named '{Usual}'");
    }
}
