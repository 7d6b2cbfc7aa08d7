using System.Diagnostics.Metrics;
using Tunduk.Archive;

namespace Tunduk.Adapter.Telemetry;

/// <summary>What the archive says of itself, as gauges.</summary>
internal static class ArchiveGauges
{
    public static void Register(Meter meter, IArchive archive)
    {
        meter.CreateObservableGauge("tunduk_archive_entries", () => archive.Status.Size, description: "Entries acknowledged.");
        meter.CreateObservableGauge("tunduk_archive_head_lag", () => archive.Status.Size - archive.Status.HeadSize, description: "Entries the head store does not vouch for yet.");
        meter.CreateObservableGauge("tunduk_archive_checkpoint_lag", () => archive.Status.Size - archive.Status.CheckpointSize, description: "Entries no signed checkpoint covers yet.");
        meter.CreateObservableGauge("tunduk_archive_anchor_lag", () => archive.Status.AnchorLag, description: "Entries no anchor outside the database has a receipt for yet.");
        meter.CreateObservableGauge("tunduk_archive_anchored_size", () => archive.Status.Anchors.Select(static anchor => new Measurement<long>(anchor.Size, Tag(anchor))), description: "Entries of the newest checkpoint each anchor took since the start.");
        meter.CreateObservableGauge("tunduk_archive_anchor_waiting", () => archive.Status.Anchors.Select(static anchor => new Measurement<int>(anchor.Waiting, Tag(anchor))), description: "Checkpoints that wait to be sent to an anchor.");
        meter.CreateObservableGauge("tunduk_archive_anchor_failing", () => archive.Status.Anchors.Select(static anchor => new Measurement<int>(anchor.Fault is null ? 0 : 1, Tag(anchor))), description: "1 while an anchor does not take checkpoints.");
        meter.CreateObservableGauge("tunduk_archive_open_requests", () => archive.Status.OpenRequests, description: "Requests without an end.");
        meter.CreateObservableGauge("tunduk_archive_free_bytes", () => archive.Status.FreeBytes, "By", "Room left for the archive.");
        meter.CreateObservableGauge("tunduk_archive_refusing", () => archive.Status.Refusing is null ? 0 : 1, description: "1 while the archive takes nothing, and so nothing is exchanged.");
    }

    private static KeyValuePair<string, object?> Tag(AnchorStatus anchor) => new("anchor", anchor.Name);
}
