namespace Tunduk.Adapter.Sandbox;

/// <summary>The owner's documents of the sandbox: who may read its archives, and how long they are kept.</summary>
internal static class SandboxGrants
{
    /// <summary>The invented auditor may see everything but the bytes as received, and do everything but erase alone.</summary>
    public const string Auditor = """
        # Who may read the archive, by the owner's word. Outside the sandbox the owner signs this file (auditor.yaml.sig).
        grant: G-2026-001
        reader: auditor                      # a name of Callers
        own: all                             # or a list
        counterparties: all
        services: all
        depth: full                          # metadata, names, masked, full, evidence
        acts: [search, show, explain, export, hold, erase, purge]
        by: [person, user, basis, message-id]
        system: true                         # entries of the archive itself too: looks, holds, erasures
        conditions:
          case: optional                     # or required
          secondPerson: none                 # acts that need an approver, such as [export, erase]; depth evidence always does
        valid: { from: 2026-01-01, until: 2035-12-31 }

        """;

    /// <summary>What is archived and how long.</summary>
    public const string ArchivingList = """
        # What is archived, how long, confirmed by whom, on what basis. Outside the sandbox the owner signs this file.
        archivingList: 2026-1
        confirmedBy: "A. Invented, director"
        basis: "Order No. 1 of the sandbox"
        rules:
          - { rule: everything, agreement: any, service: any, items: [headers, "fields after filtering"], retain: P3Y }

        """;
}
