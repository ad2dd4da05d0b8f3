"""The columns of ACLED's and UCDP GED's tables, in their order, and those that a row can't do without."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Dataset(StrEnum):
    """A dataset of coded events that can be read and written. The value marks evidence from its rows."""

    ACLED = "acled"
    UCDP = "ucdp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A dataset's table: its name, its columns in order, which a file must have, and which names an event."""

    dataset: Dataset
    name: str
    columns: tuple[str, ...]
    needed: tuple[str, ...]
    key: str


ACLED = Table(
    dataset=Dataset.ACLED,
    name="ACLED",
    columns=tuple(
        "event_id_cnty event_date year time_precision disorder_type event_type sub_event_type actor1 "
        "assoc_actor_1 inter1 actor2 assoc_actor_2 inter2 interaction civilian_targeting iso region country "
        "admin1 admin2 admin3 location latitude longitude geo_precision source source_scale notes fatalities "
        "tags timestamp".split()
    ),
    needed=tuple(
        "event_id_cnty event_date time_precision event_type sub_event_type actor1 actor2 country admin1 "
        "location latitude longitude geo_precision source notes fatalities".split()
    ),
    key="event_id_cnty",
)
"""ACLED's 31 columns (codebook of 2023 and later)."""

UCDP = Table(
    dataset=Dataset.UCDP,
    name="UCDP GED",
    columns=tuple(
        "id relid year active_year code_status type_of_violence conflict_dset_id conflict_new_id "
        "conflict_name dyad_dset_id dyad_new_id dyad_name side_a_dset_id side_a_new_id side_a side_b_dset_id "
        "side_b_new_id side_b number_of_sources source_article source_office source_date source_headline "
        "source_original where_prec where_coordinates where_description adm_1 adm_2 latitude longitude "
        "geom_wkt priogrid_gid country country_id region event_clarity date_prec date_start date_end "
        "deaths_a deaths_b deaths_civilians deaths_unknown best high low gwnoa gwnob".split()
    ),
    needed=tuple(
        "id type_of_violence side_a side_b where_prec where_coordinates latitude longitude country date_prec "
        "date_start date_end deaths_a deaths_b deaths_civilians deaths_unknown best high low".split()
    ),
    key="id",
)
"""UCDP GED's 49 columns (codebook of versions 18.1 and later)."""

LABEL_MARK = "label="
"""Stands before the TLP label in the cell of remarks that our own tables have it in."""

LABEL_COLUMNS = {Dataset.ACLED: "tags", Dataset.UCDP: "source_original"}
"""Which column has the TLP label and the parties of an event."""

TABLES = {table.dataset: table for table in (ACLED, UCDP)}
