using System.Text.Encodings.Web;
using System.Text.Json;
using OrtTrainer.Data;

namespace OrtTrainer.Tasks;

/// <summary>
/// How programs use an exported model: what the Hub calls its task, and lines of code in C#, JavaScript and Python with
/// an example of the data. <c>{folder}</c> in them stands for the model's folder, <c>{name}</c> for the folder's name.
/// </summary>
/// <param name="PipelineTag">What the Hub and transformers call the task.</param>
/// <param name="CSharp">Statements of C#.</param>
/// <param name="JavaScript">A module for transformers.js.</param>
/// <param name="Python">Lines for optimum's ONNX Runtime classes.</param>
internal sealed record ModelUsage(string PipelineTag, string CSharp, string JavaScript, string Python)
{
    private const string Folder = "{folder}";
    private const int LongestText = 300;

    // Letters beyond ASCII stay; quotes are escaped alike in all three languages.
    private static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Of a task that pipelines of transformers have.</summary>
    /// <param name="tag">The pipeline's name.</param>
    /// <param name="pythonClass">What follows <c>ORTModelFor</c>.</param>
    /// <param name="csharp">Statements of C# that print what the predictor says.</param>
    /// <param name="inputs">Texts that the pipeline takes, one or two.</param>
    /// <param name="options">What the pipeline is told in JavaScript beside them; empty for nothing.</param>
    public static ModelUsage Pipeline(
        string tag, string pythonClass, string csharp, IReadOnlyList<string> inputs, string options = "")
    {
        string given = string.Join(", ", inputs.Select(Quoted));
        string told = options.Length == 0 ? given : $"{given}, {options}";
        return new ModelUsage(tag, csharp,
            $$"""
            import { env, pipeline } from "@huggingface/transformers";

            env.localModelPath = {{Quoted("{parent}")}}; // where the model's folder lies; not for a model on the Hub
            const run = await pipeline("{{tag}}", {{Quoted("{name}")}}, { dtype: "fp32" });
            console.log(JSON.stringify(await run({{told}})));
            """,
            $$"""
            from optimum.onnxruntime import ORTModelFor{{pythonClass}}
            from transformers import AutoTokenizer, pipeline

            folder = {{Quoted(Folder)}}  # or the model's name on the Hub
            model = ORTModelFor{{pythonClass}}.from_pretrained(folder)
            run = pipeline("{{tag}}", model=model, tokenizer=AutoTokenizer.from_pretrained(folder))
            print(run({{given}}))
            """);
    }

    /// <summary>Of a model whose logits are asked for, for pairs of texts and numbers.</summary>
    /// <param name="tag">What the Hub calls the task.</param>
    /// <param name="csharp">Statements of C# that print what the predictor says.</param>
    /// <param name="text">The text.</param>
    /// <param name="pair">The other text; null for none.</param>
    public static ModelUsage Logits(string tag, string csharp, string text, string? pair)
    {
        string more = pair is null ? "" : $"text_pair: {Quoted(pair)}, ";
        string given = pair is null ? Quoted(text) : $"{Quoted(text)}, {Quoted(pair)}";
        return new ModelUsage(tag, csharp,
            $$"""
            import { env, AutoModelForSequenceClassification, AutoTokenizer } from "@huggingface/transformers";

            env.localModelPath = {{Quoted("{parent}")}}; // where the model's folder lies; not for a model on the Hub
            const name = {{Quoted("{name}")}};
            const tokenizer = await AutoTokenizer.from_pretrained(name);
            const model = await AutoModelForSequenceClassification.from_pretrained(name, { dtype: "fp32" });
            const inputs = tokenizer({{Quoted(text)}}, { {{more}}truncation: true });
            console.log(JSON.stringify((await model(inputs)).logits.tolist()));
            """,
            $$"""
            from optimum.onnxruntime import ORTModelForSequenceClassification
            from transformers import AutoTokenizer

            folder = {{Quoted(Folder)}}  # or the model's name on the Hub
            tokenizer = AutoTokenizer.from_pretrained(folder)
            model = ORTModelForSequenceClassification.from_pretrained(folder)
            print(model(**tokenizer({{given}}, truncation=True, return_tensors="pt")).logits)
            """);
    }

    /// <summary>Statements of C# that open a predictor, ask it for one example and print what it says.</summary>
    /// <param name="example">The example.</param>
    /// <param name="shown">What is printed of <c>prediction</c>, as a part of an interpolated string.</param>
    public static string Predicted(Example example, string shown)
    {
        string given = example.Pair is { } pair ? $"{Quoted(example.Text)}, {Quoted(pair)}" : Quoted(example.Text);
        return $$"""
            using OrtTrainer.Prediction;
            using OrtTrainer.Tasks;

            using Predictor predictor = Predictor.Open({{Quoted(Folder)}});
            TextPrediction prediction = predictor.Predict({{given}});
            Console.WriteLine($"{{shown}}");
            """;
    }

    /// <summary>A text as all three languages write it, or its start.</summary>
    public static string Quoted(string text)
    {
        int end = text.Length <= LongestText ? text.Length
            : char.IsHighSurrogate(text[LongestText - 1]) ? LongestText - 1 : LongestText;
        return JsonSerializer.Serialize(text[..end], Plain);
    }
}
