using OrtTrainer.Checkpoints;
using OrtTrainer.Cli.Rendering;
using OrtTrainer.Common;
using OrtTrainer.Compilation;
using OrtTrainer.Graph;
using OrtTrainer.Hub;
using OrtTrainer.Models;
using OrtTrainer.Packs;
using OrtTrainer.Runs;
using OrtTrainer.Runtime;
using OrtTrainer.Studies;

namespace OrtTrainer.Cli.Inspection;

/// <summary>Looks at a folder: what it is, and whether its files fit together.</summary>
internal static class FolderInspection
{
    /// <summary>What folders there are, in the order in which they are recognized, and how each is looked at.</summary>
    private static readonly (string Kind, Func<string, bool> Is, Action<FolderInfo> Look)[] Kinds =
    [
        ("study", StudyFolder.IsStudy, LookAtStudy),
        ("pack", folder => Has(folder, PackManifest.FileName), LookAtPack),
        ("compiled_graphs", folder => Has(folder, GraphManifest.FileName), LookAtGraphs),
        ("run", folder => File.Exists(RunFolder.OptionsFileOf(folder)), RunInspection.Look),
        ("adapter", folder => Has(folder, PeftAdapter.ConfigName) && !Has(folder, ModelConfig.FileName), LookAtAdapter),
        ("exported_model", IsExport, ModelInspection.Look),
        ("hugging_face_model", folder => Has(folder, ModelConfig.FileName), ModelInspection.Look),
        ("tokenizer", HasTokenizer, info => ModelInspection.LookAtTokenizer(info, embeddings: null)),
    ];

    /// <exception cref="RunException">There is no such folder, or nothing in it that is known here.</exception>
    public static FolderInfo Of(string path)
    {
        string folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (!Directory.Exists(folder))
        {
            throw new RunException(File.Exists(folder)
                ? $"{folder}: is a file; give the folder that holds it. Of an ONNX file, orttrainer doctor tells more."
                : $"{folder}: there is no such folder.");
        }

        foreach ((string kind, Func<string, bool> isKind, Action<FolderInfo> look) in Kinds)
        {
            if (isKind(folder))
            {
                FolderInfo info = new()
                {
                    Folder = folder, Kind = kind, Hub = HubCache.ModelOf(folder)?.ToString(), Files = FilesOf(folder),
                };
                Guard(info, () => look(info));
                return info;
            }
        }

        throw new RunException($"{folder}: is none of what orttrainer knows: a run, a model (config.json), an adapter "
            + "(adapter_config.json), a pack (pack.json), a study (study.json), compiled graphs (graphs.json) or a "
            + "tokenizer. Give one of these, perhaps a folder below.");
    }

    /// <summary>Does a part of the look; what it finds damaged is a misfit, and the other parts go on.</summary>
    public static void Guard(FolderInfo info, Action look)
    {
        try
        {
            look();
        }
        catch (Exception e) when (e is OrtTrainerException or InvalidDataException or IOException or GraphException
            or RuntimeFailureException or UnauthorizedAccessException or ArgumentException)
        {
            info.Misfits.Add(e.Message);
        }
    }

    public static bool Has(string folder, string name) => File.Exists(Path.Combine(folder, name));

    private static bool HasTokenizer(string folder) =>
        new[] { "tokenizer.json", "vocab.txt", "vocab.json", "spiece.model", "tokenizer.model" }
            .Any(name => Has(folder, name));

    private static bool IsExport(string folder)
    {
        try
        {
            return Has(folder, ModelConfig.FileName) && Has(folder, "model.safetensors")
                && ModelInspection.ProvenanceOf(folder).Count > 0;
        }
        catch (CheckpointException)
        {
            // Damaged weights are told of when the model is looked at.
            return false;
        }
    }

    private static void LookAtPack(FolderInfo info)
    {
        Pack pack = Pack.Open(info.Folder);
        info.Task = pack.Graphs.Manifest.Task;
        info.Labels = pack.Manifest.Labels ?? [];
        info.MaxLength = pack.Graphs.Manifest.Positions;
        info.Provenance["producer"] = pack.Manifest.Producer;
        info.Notes.Add($"trains its last {Figures.Count(pack.Manifest.TrainLast, "layer")}");
    }

    private static void LookAtGraphs(FolderInfo info)
    {
        GraphManifest manifest = CompiledGraphs.Open(info.Folder).Manifest;
        info.Task = manifest.Task;
        info.MaxLength = manifest.Positions;
        info.Provenance["producer"] = manifest.Producer;
        info.Provenance["onnx_runtime"] = manifest.OnnxRuntime;
        info.Provenance["method"] = manifest.Method;
    }

    private static void LookAtAdapter(FolderInfo info)
    {
        using PeftAdapter adapter = PeftAdapter.Open(info.Folder);
        ModelConfig config = ModelConfig.LoadFile(Path.Combine(info.Folder, PeftAdapter.ConfigName));
        using SafetensorsFile weights =
            SafetensorsFile.OpenFile(Path.Combine(info.Folder, PeftAdapter.WeightsName));
        ModelInspection.Count(info, weights);
        info.Provenance["base_model"] = config.GetString("base_model_name_or_path", "");
        info.Notes.Add("belongs to a model: give that as --model and this folder as --adapter");
    }

    private static void LookAtStudy(FolderInfo info)
    {
        string runs = Figures.Count(
            Directory.EnumerateFiles(info.Folder, "options.json", SearchOption.AllDirectories).Count(), "run");
        info.Notes.Add($"{runs}; orttrainer study --report {info.Folder} tells what came of it");
        if (new StudyFolderCheck(info.Folder).Problem is { } problem)
        {
            info.Misfits.Add(problem);
        }
    }

    private static Dictionary<string, long> FilesOf(string folder) =>
        new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories)
            .OrderBy(file => file.FullName, StringComparer.Ordinal)
            .ToDictionary(
                file => Path.GetRelativePath(folder, file.FullName).Replace('\\', '/'),
                // Of a link, the size of what it leads to; a link to nothing has none.
                file => (file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file) is { Exists: true } real
                    ? real.Length : 0);
}
