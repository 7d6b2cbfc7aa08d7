namespace Tunduk.Archive.Tests;

/// <summary>The shared suite on SQLite.</summary>
public sealed class SqliteArchiveTests() : ArchiveTests(new ArchiveFolder());

/// <summary>The shared suite on SQLite.</summary>
public sealed class SqliteRuleTests() : RuleTests(new ArchiveFolder());

/// <summary>The shared suite on SQLite.</summary>
public sealed class SqliteFaultTests() : FaultTests(new ArchiveFolder());

/// <summary>The shared suite on SQLite.</summary>
public sealed class SqliteEraseTests() : ErasureTests(new ArchiveFolder());
