//! Opportunities as lists, cards, boards and their history show them.

pub mod opportunity_history;
pub mod opportunity_lines;
pub mod opportunity_list;
pub mod pipeline_board;
