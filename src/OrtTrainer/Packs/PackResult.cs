using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Export;
using OrtTrainer.Models;
using OrtTrainer.Models.Building;
using OrtTrainer.Runtime;
using OrtTrainer.Training;

namespace OrtTrainer.Packs;

/// <summary>
/// What a pack's training gives: the model with what was trained in its place, or merged into it, and adapters apart
/// too.
/// </summary>
/// <param name="pack">What was trained.</param>
/// <param name="graph">Its training graph.</param>
internal sealed class PackResult(Pack pack, TrainingGraph graph)
{
    /// <summary>Writes all files or none.</summary>
    /// <param name="trained">Live or averaged weights, in the layout of the training graph.</param>
    /// <param name="labels">A name per output.</param>
    /// <param name="folder">Where to.</param>
    public void Write(WeightBuffer trained, IReadOnlyList<string> labels, string folder)
    {
        ParameterLayout layout = pack.Graphs.Layout();
        using WeightBuffer whole = new(Device.Default, layout.Length);
        pack.Graphs.Load(pack.Weights, layout, whole);
        TakeIn(trained, layout, whole);

        using StagedFolder staged = new(folder);
        SafetensorsWriter.Write(
            Path.Combine(staged.Path, PackWriter.WeightsName), StoredTensors.Of(layout, whole));
        WriteAdapters(trained, Path.Combine(staged.Path, TrainedAdapter.Folder));
        ModelConfig.Of(Path.Combine(pack.Folder, PackWriter.ConfigName), pack.Graphs.Manifest.Config)
            .With(labels: labels).Save(staged.Path);
        foreach (PackFile file in pack.Manifest.Files.Where(file => file.Kind == PackFile.Tokenizer))
        {
            string copy = Path.Combine(staged.Path, file.File);
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(Path.Combine(pack.Folder, file.File), copy);
        }

        staged.Publish(TrainedAdapter.FileNames);
    }

    private void TakeIn(WeightBuffer trained, ParameterLayout layout, WeightBuffer whole)
    {
        foreach (ParameterView view in graph.Layout.Views)
        {
            if (layout.Views.FirstOrDefault(other => other.Name == view.Name) is { } place)
            {
                trained.Read(graph.Layout.OffsetOf(view), checked((int)view.Length), values =>
                    whole.Write(layout.OffsetOf(place), values));
            }
        }

        foreach (AdaptedLayer layer in graph.Adapted)
        {
            layer.Merge(
                graph.Layout.Read(trained, layer.Down), graph.Layout.Read(trained, layer.Up), graph.AdapterScale,
                part => layout.Read(whole, part), (part, values) => whole.Write(layout.OffsetOf(part), values));
        }
    }

    private void WriteAdapters(WeightBuffer trained, string folder)
    {
        if (pack.Graphs.Manifest.Adapters is not { } adapters)
        {
            return;
        }

        Directory.CreateDirectory(folder);
        SafetensorsWriter.Write(
            Path.Combine(folder, PeftAdapter.WeightsName),
            StoredTensors.Of(graph.Layout, trained).Select(tensor => tensor.Named(PeftAdapter.Prefix + tensor.Name)));
        AtomicFile.WriteText(
            Path.Combine(folder, PeftAdapter.ConfigName), adapters.Config.ToJsonString(RunJson.Indented) + "\n");
    }
}
