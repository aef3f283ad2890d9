using System.Reflection;
using System.Text.Json.Nodes;
using OrtTrainer.Common;
using OrtTrainer.Hub;
using OrtTrainer.Prediction;
using OrtTrainer.Server.Requests;

namespace OrtTrainer.Server.Endpoints;

/// <summary>The server described as OpenAPI 3.1, with the inputs and answers of its model's task.</summary>
internal static class OpenApiDocument
{
    /// <summary>Describes the server of a model.</summary>
    public static JsonObject Of(ServedModel model)
    {
        Predictor predictor = model.Predictor;
        JsonObject info = new()
        {
            ["title"] = "OrtTrainer",
            ["description"] = $"A fine-tuned model; its task is {predictor.Task}.",
            ["version"] = typeof(OpenApiDocument).Assembly
                .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0],
            ["x-model"] = HubModels.ShortNameOf(predictor.Folder),
            ["x-task"] = predictor.Task.Name,
            ["x-max-tokens"] = predictor.MaxLength,
        };
        if (ModelInputs.ArePairs(predictor.Folder, predictor.Task) is { } arePairs)
        {
            info["x-pairs"] = arePairs;
        }

        JsonObject document = new()
        {
            ["openapi"] = "3.1.0",
            ["info"] = info,
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "." }),
            ["paths"] = Paths(model),
            ["components"] = new JsonObject { ["schemas"] = Schemas(model) },
        };
        if (model.Options.ApiKey is not null)
        {
            document["components"]!["securitySchemes"] = new JsonObject
            {
                ["bearer"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer" },
                ["key"] = new JsonObject { ["type"] = "apiKey", ["in"] = "header", ["name"] = "X-Api-Key" },
            };
            document["security"] = new JsonArray(
                new JsonObject { ["bearer"] = new JsonArray() }, new JsonObject { ["key"] = new JsonArray() });
        }

        return document;
    }

    private static JsonObject Paths(ServedModel model) => new()
    {
        ["/predict"] = new JsonObject
        {
            ["post"] = new JsonObject
            {
                ["operationId"] = "predict",
                ["summary"] = "What the model says of one input, or of several.",
                ["requestBody"] = new JsonObject
                {
                    ["required"] = true,
                    ["content"] = Content(OneOf("Input", "Inputs")),
                },
                ["responses"] = Responses(
                    (200, "The answer, or answers in the order of the inputs.", Content(OneOf("Answer", "Answers"))),
                    (400, "The body is not what the task reads.", null), (401, "The key is missing or wrong.", null),
                    (408, "The body came too slowly.", null), (413, "The body or an input is too long.", null),
                    (415, "The body is no JSON.", null),
                    (503, "Too many texts wait; Retry-After says when to try again.", null),
                    (504, "There was no answer in time.", null)),
            },
        },
        ["/health/live"] = Get("live", "Whether the process runs.", "text/plain", isOpen: true),
        ["/health/ready"] = Get("ready", "Whether requests are welcome.", "text/plain", isOpen: true, (503,
            "The server is about to stop.", new JsonObject { ["text/plain"] = new JsonObject() })),
        ["/metrics"] = Get("metrics", "What was counted, in Prometheus' text format.", "text/plain", isOpen: false),
        ["/openapi.json"] = Get("openapi", "This document.", "application/json", isOpen: false),
    };

    private static JsonObject Schemas(ServedModel model)
    {
        JsonObject input = model.Predictor.Task.InputSchema!;
        input["additionalProperties"] = false;
        bool isText = input["properties"]!.AsObject().ContainsKey("text");
        JsonObject reference = Reference("Input");
        JsonObject items = isText
            ? new JsonObject { ["oneOf"] = new JsonArray(reference, JsonSchema.Text("A text alone.")) }
            : reference;
        JsonObject list = JsonSchema.List(items, "The inputs.");
        list["minItems"] = 1;
        list["maxItems"] = model.Options.MaxTexts;
        JsonObject inputs = JsonSchema.Object(
            "Several inputs.", [PredictRequest.Inputs], (PredictRequest.Inputs, list));
        inputs["additionalProperties"] = false;
        return new JsonObject
        {
            ["Input"] = input,
            ["Inputs"] = inputs,
            ["Answer"] = model.Predictor.Task.AnswerSchema(model.Predictor.Labels),
            ["Answers"] = JsonSchema.Object("Several answers.", ["predictions"],
                ("predictions", JsonSchema.List(Reference("Answer"), "An answer for each input."))),
            ["Problem"] = JsonSchema.Object(
                "Why there is no answer (RFC 9457).", ["title", "status", "detail", "reason", "request_id"],
                ("type", JsonSchema.Text("about:blank.")), ("title", JsonSchema.Text("The status in words.")),
                ("status", JsonSchema.Count("The status.")),
                ("detail", JsonSchema.Text("What was found and what was expected.")),
                ("reason", JsonSchema.Text("A word for it, as metrics count it.")),
                ("request_id", JsonSchema.Text("What logs know the request by."))),
        };
    }

    private static JsonObject Get(
        string name, string summary, string type, bool isOpen, params (int, string, JsonObject?)[] others)
    {
        JsonObject operation = new()
        {
            ["operationId"] = name,
            ["summary"] = summary,
            ["responses"] = Responses([(200, summary, new JsonObject { [type] = new JsonObject() }), .. others]),
        };
        if (isOpen)
        {
            operation["security"] = new JsonArray();
        }

        return new JsonObject { ["get"] = operation };
    }

    private static JsonObject Responses(params (int Status, string Description, JsonObject? Content)[] responses)
    {
        JsonObject all = [];
        foreach ((int status, string description, JsonObject? content) in responses)
        {
            all[$"{status}"] = new JsonObject
            {
                ["description"] = description,
                ["content"] = content
                    ?? new JsonObject { [Problem.ContentType] = new JsonObject { ["schema"] = Reference("Problem") } },
            };
        }

        return all;
    }

    private static JsonObject Content(JsonObject schema) =>
        new() { ["application/json"] = new JsonObject { ["schema"] = schema } };

    private static JsonObject OneOf(params string[] schemas) =>
        new() { ["oneOf"] = new JsonArray([.. schemas.Select(JsonNode? (name) => Reference(name))]) };

    private static JsonObject Reference(string schema) => new() { ["$ref"] = $"#/components/schemas/{schema}" };
}
