"""The scenario: Düsseldorf in spring 2022, invented people, real channel formats."""
